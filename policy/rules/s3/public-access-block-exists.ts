import * as aws from '@pulumi/aws';
import { stackRule } from '../../rule';
import { bucketsOf, settingsOf } from '../../stack/buckets';

/** Without a block of its own, a bucket depends on the account's settings. */
export const publicAccessBlockExists = stackRule({
  name: 's3-public-access-block-exists',
  description: 'Every bucket has its own public access block.',
  level: 'mandatory',
  severity: 'high',
  standards: {
    securityHub: ['S3.8'],
    checkov: ['CKV2_AWS_6'],
    wellArchitected: ['SEC08-BP04', 'SEC03-BP07'],
  },
  remedy: 'Add an aws.s3.BucketPublicAccessBlock for the bucket.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/s3-controls.html#s3-8',
  validate: (args, report) => {
    for (const bucket of bucketsOf(args)) {
      if (settingsOf(bucket, aws.s3.BucketPublicAccessBlock, args).length === 0)
        report(`bucket ${bucket.name} has no public access block`, bucket.urn);
    }
  },
});
