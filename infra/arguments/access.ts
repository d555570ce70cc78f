import type * as pulumi from '@pulumi/pulumi';
import type { NameSettings } from './names';

/** A table that the role may read. */
export interface TableAccess {
  /**
   * ARN of the table.
   * @default (required)
   * @example 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders'
   */
  arn: pulumi.Input<string>;
  /**
   * The table's key attributes. The replicator, but not a service account, may then read these attributes, and no others, to heal gaps.
   * @default none: no item may be read
   * @example ['orderId']
   */
  keyAttributes?: pulumi.Input<string[]>;
  /**
   * ARN of the customer-managed KMS key that encrypts the table.
   * @default none
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
}

/** The bucket that exports are written to and read from. */
export interface BucketAccess {
  /**
   * ARN of the bucket.
   * @default (required)
   * @example 'arn:aws:s3:::my-exports'
   */
  arn: pulumi.Input<string>;
  /**
   * Folder in the bucket; access is limited to it.
   * @default none: the whole bucket
   * @example bucket.prefix
   */
  prefix?: pulumi.Input<string>;
  /**
   * Whether the bucket belongs to another account.
   * @default false
   * @example true
   */
  isForeign?: boolean;
  /**
   * ARN of the customer-managed KMS key that encrypts the exports.
   * @default none
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
}

/** A Secrets Manager secret that the role may read. */
export interface SecretAccess {
  /**
   * ARN of the secret.
   * @default (required)
   * @example 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3'
   */
  arn: pulumi.Input<string>;
  /**
   * ARN of the customer-managed KMS key that encrypts the secret.
   * @default none
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
}

/** A role in the account that owns the tables. */
export interface SourceRole {
  /**
   * ARN of the role. The output `sourceRolePolicy` is the policy that it needs.
   * @default (required)
   * @example 'arn:aws:iam::210987654321:role/orders-reader'
   */
  roleArn: pulumi.Input<string>;
  /**
   * External id that the role's trust policy requires.
   * @default none
   * @example 'replicator-7f3a'
   */
  externalId?: pulumi.Input<string>;
}

/** A service account for an outside reader of the tables, such as Artie. It replaces the manual steps of that reader's setup page. */
export interface ServiceAccountSettings {
  /**
   * Whether to create a role.
   * @default true
   * @example false
   */
  role?: boolean;
  /**
   * Whether to create a user. It gets its permissions through a group.
   * @default false
   * @example true
   */
  user?: boolean;
  /**
   * Whether to create an access key for the user. The key is valid until it is deleted: leave it off if the reader can assume the role.
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
   * External id that callers of the trusted account have to pass; required with `trustedAccountId`.
   * @default none
   * @example 'reader-7f3a'
   */
  externalId?: string;
  /**
   * Whether the reader may list streams and exports, as Artie's page asks. AWS grants this for all tables or none. A list
   * contains names only.
   * @default true
   * @example false
   */
  listing?: boolean;
  /**
   * Name of the role. To adopt a role, import it under this name.
   * @default generated
   * @example 'DynamoDBStreamsRole'
   */
  roleName?: string;
  /**
   * Name of the policy.
   * @default generated
   * @example 'DynamoDBStreamsAccess'
   */
  policyName?: string;
  /**
   * Description of the policy. IAM cannot change it: to adopt a policy, repeat its own.
   * @default generated
   * @example 'Policy that grants access to DynamoDB streams and exports for Artie'
   */
  policyDescription?: string;
  /**
   * Name of the user.
   * @default generated
   * @example 'dynamodb-artie-user'
   */
  userName?: string;
  /**
   * Name of the group that the user gets its permissions through.
   * @default generated
   * @example 'dynamodb-readers'
   */
  groupName?: string;
}

/** A service account as a component of its own. */
export interface ServiceAccountArgs extends ServiceAccountSettings {
  /**
   * The tables that the reader may read.
   * @default (required)
   * @example [{ arn: table.arn }]
   */
  tables: TableAccess[];
  /**
   * The bucket that exports are written to and read from.
   * @default (required)
   * @example { arn: bucket.arn, prefix: 'reader' }
   */
  bucket: BucketAccess;
  /**
   * ARN of the permissions boundary of the role and the user.
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
  /**
   * Physical names of the created resources.
   * @default the names of project, stack and component begin every name
   * @example { prefix: 'orders-dev' }
   */
  names?: NameSettings;
}

/** IAM roles, and a service account for an outside reader. */
export interface AccessSettings {
  /**
   * ARN of an existing role for the replicator's code. It must trust ecs-tasks.amazonaws.com. The output `taskRolePolicy` is the
   * policy that it needs.
   * @default none: a role is created
   * @example 'arn:aws:iam::123456789012:role/replicator-task'
   */
  taskRoleArn?: pulumi.Input<string>;
  /**
   * ARN of an existing role that ECS starts the task with. It must trust ecs-tasks.amazonaws.com. The output
   * `executionRolePolicy` is the policy that it needs.
   * @default none: a role is created
   * @example 'arn:aws:iam::123456789012:role/replicator-execution'
   */
  executionRoleArn?: pulumi.Input<string>;
  /**
   * Whether the stack attaches these policies to the existing roles, each as an inline policy.
   * @default false: the roles' owner attaches the policies that the stack outputs
   * @example true
   */
  attachPolicies?: boolean;
  /**
   * Role in the account that owns the tables, for the replicator to assume.
   * @default none: the tables belong to the stack's account
   * @example { roleArn: 'arn:aws:iam::210987654321:role/orders-reader' }
   */
  sourceRole?: SourceRole;
  /**
   * ARN of the permissions boundary of every role and user.
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

/** The task role and the execution role of a replicator. */
export interface ReplicatorAccessArgs extends AccessSettings {
  /**
   * The tables to replicate.
   * @default (required)
   * @example [{ arn: table.arn }]
   */
  tables: TableAccess[];
  /**
   * The bucket for exports.
   * @default (required)
   * @example { arn: bucket.arn, prefix: 'replicator/dev' }
   */
  bucket: BucketAccess;
  /**
   * Secrets that the replicator reads itself, such as the destination's password.
   * @default none
   * @example [{ arn: secret.arn }]
   */
  secrets?: SecretAccess[];
  /**
   * Secrets that ECS puts into the container's environment when a task starts.
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
   * @default none: the image comes from another registry
   * @example 'arn:aws:ecr:eu-west-1:123456789012:repository/replicator'
   */
  repositoryArn?: pulumi.Input<string>;
  /**
   * ARNs of the ECR repositories that sidecars are pulled from.
   * @default none
   * @example ['arn:aws:ecr:eu-west-1:123456789012:repository/agent']
   */
  sidecarRepositoryArns?: pulumi.Input<string>[];
  /**
   * Secret with the credentials of a private registry.
   * @default none
   * @example { arn: secret.arn }
   */
  repositoryCredentials?: SecretAccess;
  /**
   * Physical names of the created resources.
   * @default the names of project, stack and component begin every name
   * @example { prefix: 'orders-dev' }
   */
  names?: NameSettings;
}
