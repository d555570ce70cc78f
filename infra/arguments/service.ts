import type * as pulumi from '@pulumi/pulumi';
import type { SourceRole } from './access';
import type { CpuArchitecture } from './choices';
import type { PostgresConnection } from './destination';
import type { NetworkArgs } from './network';
import type { RuntimeSettings } from './runtime';
import type { TableSettings } from './table';

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
   * CPU architecture. The image has to be built for it.
   * @default CpuArchitecture.Arm64
   * @example CpuArchitecture.X8664
   */
  architecture?: CpuArchitecture;
  /**
   * Whether the task runs on Fargate Spot, which costs less and can be reclaimed at two minutes' notice.
   * @default false
   * @example true
   */
  spot?: boolean;
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

/** A table in the container's settings. */
export interface ServiceTable extends TableSettings {
  /**
   * Name of the source table.
   * @default (required)
   * @example 'orders'
   */
  name: pulumi.Input<string>;
}

/** The export bucket in the container's settings. */
export interface ServiceBucket {
  /**
   * Name of the bucket.
   * @default (required)
   * @example 'my-exports'
   */
  name: pulumi.Input<string>;
  /**
   * Folder in the bucket.
   * @default none
   * @example 'replicator/dev'
   */
  prefix?: string;
  /**
   * Account that owns the bucket, if it is not the tables' account.
   * @default none
   * @example '210987654321'
   */
  ownerAccountId?: pulumi.Input<string>;
  /**
   * ARN of the customer-managed KMS key that encrypts the exports.
   * @default none
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
}

/** The replicator as a Fargate service. */
export interface ReplicatorServiceArgs extends TaskSettings {
  /**
   * The tables to replicate.
   * @default (required)
   * @example [{ name: 'orders' }]
   */
  tables: ServiceTable[];
  /**
   * The bucket for exports.
   * @default (required)
   * @example { name: 'my-exports', prefix: 'replicator/dev' }
   */
  bucket: ServiceBucket;
  /**
   * The PostgreSQL server that rows go to.
   * @default (required)
   * @example { host: 'warehouse.internal', passwordSecretArn: secret.arn }
   */
  postgres: PostgresConnection;
  /**
   * Address of the image, with its digest.
   * @default (required)
   * @example image.uri
   */
  imageUri: pulumi.Input<string>;
  /**
   * ARN of the role that the replicator's code runs with.
   * @default (required)
   * @example access.taskRoleArn
   */
  taskRoleArn: pulumi.Input<string>;
  /**
   * ARN of the role that ECS starts the task with.
   * @default (required)
   * @example access.executionRoleArn
   */
  executionRoleArn: pulumi.Input<string>;
  /**
   * Name of the log group to create.
   * @default '/dynamodb-replicator/' and the names of component and stack
   * @example '/dynamodb-replicator/orders-dev'
   */
  logGroupName?: string;
  /**
   * Where the task runs.
   * @default (required)
   * @example { vpcName: 'main' }
   */
  network: NetworkArgs;
  /**
   * Role in the account that owns the tables.
   * @default none
   * @example { roleArn: 'arn:aws:iam::210987654321:role/orders-reader' }
   */
  sourceRole?: SourceRole;
  /**
   * Settings of the replicator itself.
   * @default each setting has its own default
   * @example { deletes: Deletes.Soft }
   */
  settings?: RuntimeSettings;
}
