import type * as pulumi from '@pulumi/pulumi';
import type { SecretAccess } from './access';
import type { CpuArchitecture } from './choices';
import type { Sidecar } from './sidecar';

/** Size of the task, its cluster and its log. */
export interface TaskSettings {
  /**
   * ARN of an existing ECS cluster.
   * @default none: a cluster is created
   * @example 'arn:aws:ecs:eu-west-1:123456789012:cluster/main'
   */
  clusterArn?: pulumi.Input<string>;
  /**
   * CPU units of the task; 1024 is one vCPU.
   * @default 512
   * @example 1024
   */
  cpu?: number;
  /**
   * Memory of the task in MiB. Fargate supports only certain combinations with `cpu`.
   * @default 1024
   * @example 2048
   */
  memoryMiB?: number;
  /**
   * Disk of the task in GiB, 21 to 200. The replicator needs little; it is for sidecars and for images of more than 20 GiB.
   * @default 20, which Fargate includes in its price
   * @example 50
   */
  ephemeralStorageGiB?: number;
  /**
   * CPU architecture. The image has to be built for it.
   * @default CpuArchitecture.Arm64
   * @example CpuArchitecture.X8664
   */
  architecture?: CpuArchitecture;
  /**
   * Ids of existing security groups of the task, 1 to 5. They must let out TLS to AWS and the destination’s port.
   * @default a security group is created that lets out exactly that
   * @example ['sg-0a1b2c3d']
   */
  securityGroupIds?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Whether the task gets a public IP address, for subnets whose route to the internet is an internet gateway. The
   * security group that is created lets nothing in.
   * @default false
   * @example true
   */
  assignPublicIp?: boolean;
  /**
   * Secret with the user name and the password of a private registry that the image is pulled from, as JSON:
   * {"username": "…", "password": "…"}. An image in ECR needs none.
   * @default none
   * @example { arn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:registry-a1b2c3' }
   */
  repositoryCredentials?: SecretAccess;
  /**
   * Further containers of the task, after the replicator’s.
   * @default none
   * @example [{ name: 'agent', image: 'public.ecr.aws/datadog/agent@sha256:…', memoryMiB: 256 }]
   */
  sidecars?: Sidecar[];
  /**
   * Whether the task runs on Fargate Spot, which costs less and can be reclaimed at two minutes' notice.
   * @default false
   * @example true
   */
  spot?: boolean;
  /**
   * Whether no task runs. Everything else stays, and the alarm on the heartbeat is silent. DynamoDB keeps changes for 24 hours:
   * after a longer pause the tables have a gap (`settings.onGap`).
   * @default false
   * @example true
   */
  paused?: boolean;
  /**
   * Whether `pulumi up` waits until the task runs and is healthy, and fails if the task does.
   * @default true
   * @example false
   */
  waitForSteadyState?: boolean;
  /**
   * Whether the created cluster has Container Insights, which is billed per metric.
   * @default false
   * @example true
   */
  containerInsights?: boolean;
  /**
   * Days to keep the log; one of the values that CloudWatch Logs supports.
   * @default 30
   * @example 365
   */
  logRetentionDays?: number;
  /**
   * ARN of a customer-managed KMS key to encrypt the log with. Its policy must allow CloudWatch Logs to use it.
   * @default none: CloudWatch's own key
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  logKmsKeyArn?: pulumi.Input<string>;
}
