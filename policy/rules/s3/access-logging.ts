import * as aws from '@pulumi/aws';
import { stackRule } from '../../rule';
import { bucketsOf, isShortLived, settingsOf, SHORT_LIVED, type ShortLived } from '../../stack/buckets';
import { eachKnown } from '../../stack/known';

/** Access logs show who read what. A bucket that receives the logs of others needs none itself. */
export const accessLogging = stackRule({
  name: 's3-access-logging',
  description: 'Buckets that keep their objects for long have access logs.',
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
        report(`bucket ${bucket.name} has no access logs`, bucket.urn);
    });
  },
});
