import * as aws from '@pulumi/aws';
import { stackRule } from '../../rule';
import { bucketsOf, isShortLived, settingsOf, SHORT_LIVED, type ShortLived } from '../../stack/buckets';
import { eachKnown } from '../../stack/known';

/** Who read what; a bucket that others log into needs none itself. */
export const accessLogging = stackRule({
  name: 's3-access-logging',
  description: 'Buckets that keep their objects for long log who reads them.',
  level: 'advisory',
  severity: 'low',
  standards: { securityHub: ['S3.9'], checkov: ['CKV_AWS_18'], wellArchitected: ['SEC04-BP01'] },
  remedy: 'Add an aws.s3.BucketLogging with a target bucket, or let the objects expire.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-9',
  config: SHORT_LIVED,
  validate: (args, report) => {
    const { shortLivedDays } = args.getConfig<ShortLived>();
    const logging = args.resources.filter((one) => one.isType(aws.s3.BucketLogging));
    const targets = logging.flatMap(({ propertyDependencies }) =>
      (propertyDependencies['targetBucket'] ?? []).map(({ urn }) => urn),
    );
    eachKnown(bucketsOf(args), (bucket) => {
      if (isShortLived(bucket, shortLivedDays, args) || targets.includes(bucket.urn)) return;
      if (settingsOf(bucket, aws.s3.BucketLogging, args).length === 0)
        report(`bucket ${bucket.name} does not log who reads it`, bucket.urn);
    });
  },
});
