import { stackRule, texts } from '../../rule';
import { bucketsOf, expirationDaysOf, isExportBucket } from '../../stack/buckets';
import { eachKnown } from '../../stack/known';

interface Config {
  readonly buckets: readonly string[];
  readonly maximumDays: number;
}

/** An export is a copy of a whole table. Keeping it costs money and keeps items that the table has deleted since. */
export const lifecycleExpiry = stackRule({
  name: 's3-lifecycle-expiry',
  description: 'Buckets for exports delete them after some days.',
  level: 'mandatory',
  severity: 'medium',
  standards: {
    securityHub: ['S3.13', 'S3.10'],
    checkov: ['CKV2_AWS_61'],
    wellArchitected: ['SEC07-BP04', 'SUS04-BP03'],
  },
  remedy: 'Add an aws.s3.BucketLifecycleConfiguration with an enabled rule that sets expiration.days.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-13',
  config: {
    buckets: texts('Logical or physical names of buckets for exports.', ['*export*']),
    maximumDays: {
      type: 'integer',
      minimum: 1,
      description: 'Maximum number of days to keep an export.',
      default: 90,
    },
  },
  validate: (args, report) => {
    const { buckets, maximumDays } = args.getConfig<Config>();
    eachKnown(
      bucketsOf(args).filter((bucket) => isExportBucket(bucket, buckets)),
      (bucket) => {
        const days = expirationDaysOf(bucket, args);
        if (days === undefined) report(`bucket ${bucket.name} keeps exports forever`, bucket.urn);
        else if (days > maximumDays)
          report(
            `bucket ${bucket.name} keeps exports for ${days} days; at most ${maximumDays} are allowed`,
            bucket.urn,
          );
      },
    );
  },
});
