import * as aws from '@pulumi/aws';
import { stackRule } from '../../rule';
import { bucketsOf, settingsOf } from '../../stack/buckets';

/** S3 encrypts anyway. An explicit configuration makes a change of it visible. */
export const encryption = stackRule({
  name: 's3-encryption',
  description: 'Every bucket has an explicit encryption configuration.',
  level: 'mandatory',
  severity: 'medium',
  standards: { securityHub: ['S3.17'], checkov: ['CKV_AWS_19'], wellArchitected: ['SEC08-BP02'] },
  remedy: 'Add an aws.s3.BucketServerSideEncryptionConfiguration, with AES256 or with a key of your own.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html',
  validate: (args, report) => {
    for (const bucket of bucketsOf(args)) {
      if (settingsOf(bucket, aws.s3.BucketServerSideEncryptionConfiguration, args).length === 0)
        report(`bucket ${bucket.name} has no encryption configuration`, bucket.urn);
    }
  },
});
