import type * as pulumi from '@pulumi/pulumi';
import type { SourceRole } from './access';
import type { CpuArchitecture } from './choices';
import type { PostgresConnection } from './destination';
import type { NetworkArgs } from './network';
import type { RuntimeSettings } from './runtime';
import type { TableSettings } from './table';

/** The task: its size and where it runs. */
export interface TaskSettings {
  /**
   * ARN of an ECS cluster that exists.
   * @default none, for a cluster of its own
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
   * Memory of the task in MiB; it goes with `cpu` as Fargate has it.
   * @default 1024
   * @example 2048
   */
  memoryMiB?: number;
  /**
   * Processor; the image has to be built for it.
   * @default CpuArchitecture.Arm64
   * @example CpuArchitecture.X8664
   */
  architecture?: CpuArchitecture;
  /**
   * Whether the task runs on spare capacity, which costs less and is taken away at two minutes' notice.
   * @default false
   * @example true
   */
  spot?: boolean;
  /**
   * Whether `pulumi up` waits until the task runs and is healthy, so that it fails where the task does.
   * @default true
   * @example false
   */
  waitForSteadyState?: boolean;
  /**
   * Whether the cluster of its own has Container Insights, which costs by the metric.
   * @default false
   * @example true
   */
  containerInsights?: boolean;
  /**
   * Days that the log is kept; a number that CloudWatch Logs knows.
   * @default 30
   * @example 365
   */
  logRetentionDays?: number;
  /**
   * Customer-managed KMS key that the log is encrypted with; its policy has to allow CloudWatch Logs.
   * @default none, for CloudWatch's own key
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  logKmsKeyArn?: pulumi.Input<string>;
}

/** A table as the container is told of it. */
export interface ServiceTable extends TableSettings {
  /**
   * Name of the source table.
   * @default (required)
   * @example 'orders'
   */
  name: pulumi.Input<string>;
}

/** The bucket as the container is told of it. */
export interface ServiceBucket {
  /**
   * Name of the bucket.
   * @default (required)
   * @example 'my-exports'
   */
  name: pulumi.Input<string>;
  /**
   * Folder in it.
   * @default none
   * @example 'replicator/dev'
   */
  prefix?: string;
  /**
   * Account that owns it, where it is another than the tables'.
   * @default none
   * @example '210987654321'
   */
  ownerAccountId?: pulumi.Input<string>;
  /**
   * Customer-managed KMS key that exports are encrypted with.
   * @default none
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
}

/** The replicator as a Fargate service. */
export interface ReplicatorServiceArgs extends TaskSettings {
  /**
   * The tables.
   * @default (required)
   * @example [{ name: 'orders' }]
   */
  tables: ServiceTable[];
  /**
   * Where exports go.
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
   * Image with its digest.
   * @default (required)
   * @example image.uri
   */
  imageUri: pulumi.Input<string>;
  /**
   * ARN of the role that the replicator's code has.
   * @default (required)
   * @example access.taskRoleArn
   */
  taskRoleArn: pulumi.Input<string>;
  /**
   * ARN of the role that ECS has to start the task.
   * @default (required)
   * @example access.executionRoleArn
   */
  executionRoleArn: pulumi.Input<string>;
  /**
   * Name of the log group to create.
   * @default '/dynamodb-replicator/' with the names of component and stack
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
   * @default each of its settings has its own
   * @example { deletes: Deletes.Soft }
   */
  settings?: RuntimeSettings;
}
