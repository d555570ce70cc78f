import type * as pulumi from '@pulumi/pulumi';
import type { SourceRole } from './access';
import type { PostgresConnection } from './destination';
import type { NameSettings } from './names';
import type { NetworkArgs } from './network';
import type { RuntimeSettings } from './runtime';
import type { TableSettings } from './table';
import type { TaskSettings } from './task';

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
   * @default '/dynamodb-replicator/' and the names of project, stack and component
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
  /**
   * Tags of every resource, in addition to the AWS provider's default tags. ECS passes those of the service to its task.
   * @default none
   * @example { team: 'shop' }
   */
  tags?: { [name: string]: pulumi.Input<string> };
  /**
   * Physical names of the created resources.
   * @default the names of project, stack and component begin every name
   * @example { prefix: 'orders-dev' }
   */
  names?: NameSettings;
}
