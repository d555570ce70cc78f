import * as aws from '@pulumi/aws';
import { stackRule } from '../../rule';
import { bucketsOf, isShortLived, settingsOf, SHORT_LIVED, type ShortLived } from '../../stack/buckets';
import { eachKnown } from '../../stack/known';

interface EncryptionRule {
  readonly applyServerSideEncryptionByDefault?: { readonly sseAlgorithm?: string };
}

/** You can revoke a reader's access to your own key, and its use is logged. */
export const encryptionKms = stackRule({
  name: 's3-encryption-kms',
  description: 'Buckets that keep their objects for long encrypt them with a customer-managed key.',
  level: 'advisory',
  severity: 'low',
  standards: {
    securityHub: ['S3.17'],
    checkov: ['CKV_AWS_145'],
    wellArchitected: ['SEC08-BP01', 'SEC08-BP02'],
  },
  remedy: 'Encrypt with aws:kms and a key; in this package: exportBucket.kmsKeyArn.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-17',
  config: SHORT_LIVED,
  validate: (args, report) => {
    const { shortLivedDays } = args.getConfig<ShortLived>();
    eachKnown(bucketsOf(args), (bucket) => {
      if (isShortLived(bucket, shortLivedDays, args)) return;
      const algorithms = settingsOf(bucket, aws.s3.BucketServerSideEncryptionConfiguration, args)
        .flatMap(({ props }) => (props['rules'] ?? []) as readonly EncryptionRule[])
        .map((rule) => rule.applyServerSideEncryptionByDefault?.sseAlgorithm ?? 'AES256');
      if (algorithms.length > 0 && !algorithms.some((one) => one.startsWith('aws:kms')))
        report(`bucket ${bucket.name} is encrypted with S3’s own key`, bucket.urn);
    });
  },
});
