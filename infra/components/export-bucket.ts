import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { ExportBucketArgs } from '../arguments/bucket';
import { refuse } from '../errors';
import { outputsOf } from './outputs';
import { withOwnTag } from './tags';
import { bucketPolicy } from '../plan/iam/resource-policies';
import { findBucket } from './lookups';
import { PhysicalNames } from './names';
import { providerPlace } from './place';
import { bucketProblems } from '../validate/bucket';
import { nameProblems } from '../validate/names';

const DEFAULT_EXPIRATION_DAYS = 14;

/**
 * The S3 bucket for exports. A created bucket blocks public access, accepts TLS only, is encrypted, has no ACLs, and deletes
 * exports after some days:
 *
 *     new ExportBucket('orders', {});
 *
 * An existing bucket is not changed:
 *
 *     new ExportBucket('orders', { existingBucketName: 'my-exports', prefix: 'replicator/dev' });
 */
export class ExportBucket extends pulumi.ComponentResource {
  /** Name of the bucket. */
  readonly bucketName: pulumi.Output<string>;
  /** ARN of the bucket. */
  readonly arn: pulumi.Output<string>;
  /** Folder in the bucket for this stack. */
  readonly prefix: pulumi.Output<string>;

  constructor(name: string, args: ExportBucketArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse(`ExportBucket ${name}`, [...bucketProblems(args), ...nameProblems(args.names)]);
    super('dynamodb-replicator:index:ExportBucket', name, {}, withOwnTag(name, opts));
    const prefix = args.prefix ?? pulumi.getStack();
    const bucket = pulumi.output(
      args.existingBucketName === undefined
        ? this.#created(name, prefix, args)
        : this.#existing(args.existingBucketName, args),
    );
    this.bucketName = bucket.name;
    this.arn = bucket.arn;
    this.prefix = pulumi.output(prefix);
    this.registerOutputs(outputsOf(this));
  }

  #existing(
    name: pulumi.Input<string>,
    { existingBucketOwner: owner, kmsKeyArn: key }: ExportBucketArgs,
  ): FoundBucket {
    // Another account's bucket may not be readable here, even if exports may be written to it.
    const arn = pulumi
      .all([name, key, providerPlace(this)])
      .apply(async ([bucket, kmsKeyArn, { region, partition }]) =>
        owner === undefined
          ? (await findBucket({ bucket, kmsKeyArn }, region, { parent: this })).arn
          : `arn:${partition}:s3:::${bucket}`,
      );
    return { name, arn };
  }

  #created(name: string, prefix: string, args: ExportBucketArgs): FoundBucket {
    const named = new PhysicalNames(name, args.names).bucket(this, args.bucketName);
    const bucket = new aws.s3.Bucket(
      `${name}-exports`,
      {
        ...named.input,
        forceDestroy: args.forceDestroy ?? false,
      },
      { parent: this, ...named.options },
    );
    const settings = { parent: bucket };
    new aws.s3.BucketPublicAccessBlock(
      `${name}-exports`,
      {
        bucket: bucket.id,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      settings,
    );
    new aws.s3.BucketOwnershipControls(
      `${name}-exports`,
      { bucket: bucket.id, rule: { objectOwnership: 'BucketOwnerEnforced' } },
      settings,
    );
    new aws.s3.BucketServerSideEncryptionConfiguration(
      `${name}-exports`,
      {
        bucket: bucket.id,
        rules: [
          args.kmsKeyArn === undefined
            ? { applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }
            : {
                applyServerSideEncryptionByDefault: {
                  sseAlgorithm: 'aws:kms',
                  kmsMasterKeyId: args.kmsKeyArn,
                },
                // Saves KMS calls: one data key serves many objects.
                bucketKeyEnabled: true,
              },
        ],
      },
      settings,
    );
    new aws.s3.BucketLifecycleConfiguration(
      `${name}-exports`,
      {
        bucket: bucket.id,
        rules: [
          {
            id: 'exports-expire',
            status: 'Enabled',
            filter: { prefix: `${prefix}/` },
            expiration: { days: args.expirationDays ?? DEFAULT_EXPIRATION_DAYS },
          },
          {
            id: 'broken-uploads-end',
            status: 'Enabled',
            // For the whole bucket: leftover parts of any upload are billed, but not listed.
            filter: { prefix: '' },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
        ],
      },
      settings,
    );
    const policy = new aws.s3.BucketPolicy(
      `${name}-exports`,
      {
        bucket: bucket.id,
        policy: pulumi
          .all([bucket.arn, args.writerRoleArns ?? []])
          .apply(([bucketArn, writerArns]) =>
            JSON.stringify(bucketPolicy({ bucketArn, prefix, writerArns })),
          ),
      },
      settings,
    );
    // Resources that use the bucket wait for its policy.
    return { name: pulumi.all([bucket.bucket, policy.id]).apply(([made]) => made), arn: bucket.arn };
  }
}

interface FoundBucket {
  readonly name: pulumi.Input<string>;
  readonly arn: pulumi.Input<string>;
}
