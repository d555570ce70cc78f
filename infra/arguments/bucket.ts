import type * as pulumi from '@pulumi/pulumi';

/** Where exports go: a bucket that is created here, or one that exists. */
export interface ExportBucketArgs {
  /**
   * A bucket that exists, in the table's region; it is left as it is.
   * @default none, for a bucket created here
   * @example 'my-exports'
   */
  existingBucketName?: pulumi.Input<string>;
  /**
   * Account that owns the existing bucket, where it is another.
   * @default none, for the account of the stack
   * @example '210987654321'
   */
  existingBucketOwner?: pulumi.Input<string>;
  /**
   * Folder in the bucket for this stack's exports; rights end at it.
   * @default name of the stack
   * @example 'replicator/dev'
   */
  prefix?: string;
  /**
   * Customer-managed KMS key to encrypt exports with.
   * @default none, for S3's own key
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * Days after which exports are deleted from the created bucket. A load that is interrupted needs its export again: not
   * under a few days.
   * @default 14
   * @example 7
   */
  expirationDays?: number;
  /**
   * Whether destroying the stack deletes the created bucket with the exports in it. They can be made again from the table.
   * @default false, so that destroying the stack fails while there are exports
   * @example true
   */
  forceDestroy?: boolean;
  /**
   * Roles of other accounts that write exports into the created bucket, by ARN.
   * @default none
   * @example ['arn:aws:iam::210987654321:role/orders-reader']
   */
  writerRoleArns?: pulumi.Input<pulumi.Input<string>[]>;
}
