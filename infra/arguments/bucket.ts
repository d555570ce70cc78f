import type * as pulumi from '@pulumi/pulumi';
import type { NameSettings } from './names';

/** The bucket for exports: a new one, or an existing one. */
export interface ExportBucketSettings {
  /**
   * Name of the created bucket. To adopt a bucket, import it under this name.
   * @default generated; it ends in account and region
   * @example 'artie-exports'
   */
  bucketName?: pulumi.Input<string>;
  /**
   * Name of an existing bucket. It may be in any region, but with VPC endpoints (`network.endpoints`) only in the stack's. The
   * bucket is not changed.
   * @default none: a bucket is created
   * @example 'my-exports'
   */
  existingBucketName?: pulumi.Input<string>;
  /**
   * Account that owns the existing bucket, if it is another account.
   * @default none: the stack's account
   * @example '210987654321'
   */
  existingBucketOwner?: pulumi.Input<string>;
  /**
   * Folder in the bucket for this stack's exports; access is limited to it.
   * @default the stack's name
   * @example 'replicator/dev'
   */
  prefix?: string;
  /**
   * ARN of a customer-managed KMS key to encrypt exports with, in the bucket's region.
   * @default none: S3's own key
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * Days after which exports are deleted from the created bucket, at least 2. An interrupted load reads its export again, so
   * keep exports for a few days.
   * @default 14
   * @example 7
   */
  expirationDays?: number;
  /**
   * Whether destroying the stack deletes the created bucket together with its exports. They can be made again from the table.
   * @default false: destroying the stack fails while the bucket holds exports
   * @example true
   */
  forceDestroy?: boolean;
  /**
   * ARNs of roles in other accounts that write exports into the created bucket.
   * @default none
   * @example ['arn:aws:iam::210987654321:role/orders-reader']
   */
  writerRoleArns?: pulumi.Input<pulumi.Input<string>[]>;
}

/** The bucket for exports as a component of its own. */
export interface ExportBucketArgs extends ExportBucketSettings {
  /**
   * Physical names of the created resources.
   * @default the names of project, stack and component begin every name
   * @example { prefix: 'orders-dev' }
   */
  names?: NameSettings;
}
