import * as aws from '@pulumi/aws';
import { stackRule } from '../../rule';
import { bucketsOf, isShortLived, settingsOf, SHORT_LIVED, type ShortLived } from '../../stack/buckets';
import { eachKnown } from '../../stack/known';

/** Not for exports: they can be made again, and old versions would only cost money. */
export const versioning = stackRule({
  name: 's3-versioning',
  description: 'Buckets that keep their objects for long have versioning.',
  level: 'advisory',
  severity: 'low',
  standards: { securityHub: ['S3.14'], checkov: ['CKV_AWS_21'], wellArchitected: ['REL09-BP03'] },
  remedy: 'Add an aws.s3.BucketVersioning with status Enabled, or let the objects expire.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-14',
  config: SHORT_LIVED,
  validate: (args, report) => {
    const { shortLivedDays } = args.getConfig<ShortLived>();
    eachKnown(bucketsOf(args), (bucket) => {
      if (isShortLived(bucket, shortLivedDays, args)) return;
      const enabled = settingsOf(bucket, aws.s3.BucketVersioning, args).some(
        ({ props }) =>
          (props['versioningConfiguration'] as { status?: string } | undefined)?.status === 'Enabled',
      );
      if (!enabled) report(`bucket ${bucket.name} has no versioning`, bucket.urn);
    });
  },
});
