import type * as pulumi from '@pulumi/pulumi';

/** A table that may be read. */
export interface TableAccess {
  /**
   * ARN of the table.
   * @default (required)
   * @example 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders'
   */
  arn: pulumi.Input<string>;
  /**
   * Customer-managed KMS key that the table is encrypted with.
   * @default none
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
}

/** A bucket that exports may be written to and read from. */
export interface BucketAccess {
  /**
   * ARN of the bucket.
   * @default (required)
   * @example 'arn:aws:s3:::my-exports'
   */
  arn: pulumi.Input<string>;
  /**
   * Folder in the bucket; rights end at it.
   * @default none, for the whole bucket
   * @example 'replicator/dev'
   */
  prefix?: string;
  /**
   * Whether the bucket is another account's.
   * @default false
   * @example true
   */
  isForeign?: boolean;
  /**
   * Customer-managed KMS key that exports are encrypted with.
   * @default none
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
}

/** A secret of Secrets Manager that may be read. */
export interface SecretAccess {
  /**
   * ARN of the secret.
   * @default (required)
   * @example 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3'
   */
  arn: pulumi.Input<string>;
  /**
   * Customer-managed KMS key that it is encrypted with.
   * @default none
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
}

/** A role in the account that owns the tables. */
export interface SourceRole {
  /**
   * ARN of the role; output `sourceRolePolicy` is what it has to allow.
   * @default (required)
   * @example 'arn:aws:iam::210987654321:role/orders-reader'
   */
  roleArn: pulumi.Input<string>;
  /**
   * External id that the role asks for.
   * @default none
   * @example 'replicator-7f3a'
   */
  externalId?: pulumi.Input<string>;
}

/** A service account for an outside reader of the tables, such as Artie: what its setup page has people create by hand. */
export interface ServiceAccountSettings {
  /**
   * Whether there is a role.
   * @default true
   * @example false
   */
  role?: boolean;
  /**
   * Whether there is a user, whose rights come through a group.
   * @default false
   * @example true
   */
  user?: boolean;
  /**
   * Whether the user has an access key. It lives until it is deleted: leave it off where the reader can assume the role.
   * @default false
   * @example true
   */
  accessKey?: boolean;
  /**
   * AWS service that may assume the role.
   * @default none
   * @example 'ec2.amazonaws.com'
   */
  trustedService?: string;
  /**
   * Account whose callers may assume the role.
   * @default none
   * @example '210987654321'
   */
  trustedAccountId?: string;
  /**
   * External id that callers of the trusted account have to give.
   * @default none
   * @example 'reader-7f3a'
   */
  externalId?: string;
  /**
   * Whether the reader may list streams and exports, as Artie's page has it. AWS allows that for all tables or none; it
   * tells names and nothing else.
   * @default true
   * @example false
   */
  listing?: boolean;
}

/** A service account by itself. */
export interface ServiceAccountArgs extends ServiceAccountSettings {
  /**
   * The tables that may be read.
   * @default (required)
   * @example [{ arn: table.arn }]
   */
  tables: TableAccess[];
  /**
   * The bucket that exports may be written to and read from.
   * @default (required)
   * @example { arn: bucket.arn, prefix: 'reader' }
   */
  bucket: BucketAccess;
  /**
   * Permissions boundary of the role and the user.
   * @default none
   * @example 'arn:aws:iam::123456789012:policy/boundary'
   */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /**
   * IAM path of role, policy, group and user.
   * @default '/'
   * @example '/data/'
   */
  path?: string;
}

/** Roles and who else may read. */
export interface AccessSettings {
  /**
   * Role in the account that owns the tables, which the replicator assumes.
   * @default none, for tables of the stack's account
   * @example { roleArn: 'arn:aws:iam::210987654321:role/orders-reader' }
   */
  sourceRole?: SourceRole;
  /**
   * Permissions boundary of every role and user.
   * @default none
   * @example 'arn:aws:iam::123456789012:policy/boundary'
   */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /**
   * IAM path of every role, policy, group and user.
   * @default '/'
   * @example '/data/'
   */
  path?: string;
  /**
   * A service account for an outside reader of the same tables.
   * @default none
   * @example { role: true, trustedAccountId: '210987654321', externalId: 'reader-7f3a' }
   */
  serviceAccount?: ServiceAccountSettings;
}

/** What the replicator may do. */
export interface ReplicatorAccessArgs extends AccessSettings {
  /**
   * The tables that are replicated.
   * @default (required)
   * @example [{ arn: table.arn }]
   */
  tables: TableAccess[];
  /**
   * The bucket that exports go to.
   * @default (required)
   * @example { arn: bucket.arn, prefix: 'replicator/dev' }
   */
  bucket: BucketAccess;
  /**
   * Secrets that the replicator itself reads: the destination's password.
   * @default none
   * @example [{ arn: secret.arn }]
   */
  secrets?: SecretAccess[];
  /**
   * Secrets that ECS puts into the container's environment at its start.
   * @default none
   * @example [{ arn: secret.arn }]
   */
  injectedSecrets?: SecretAccess[];
  /**
   * Name of the task's log group.
   * @default (required)
   * @example '/dynamodb-replicator/orders-dev'
   */
  logGroupName: pulumi.Input<string>;
  /**
   * ARN of the ECR repository that the image is pulled from.
   * @default none, for an image of another registry
   * @example 'arn:aws:ecr:eu-west-1:123456789012:repository/replicator'
   */
  repositoryArn?: pulumi.Input<string>;
}
