import * as aws from '@pulumi/aws';
import { stackRule } from '../../rule';
import { bucketsOf, settingsOf } from '../../stack/buckets';

/** S3 encrypts anyway; said in the program, a change of it is seen. */
export const encryption = stackRule({
  name: 's3-encryption',
  description: 'Every bucket says how its objects are encrypted.',
  level: 'mandatory',
  severity: 'medium',
  standards: { securityHub: ['S3.17'], checkov: ['CKV_AWS_19'], wellArchitected: ['SEC08-BP02'] },
  remedy: 'Add an aws.s3.BucketServerSideEncryptionConfiguration, with AES256 or with a key of your own.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-bucket-encryption.html',
  validate: (args, report) => {
    for (const bucket of bucketsOf(args)) {
      if (settingsOf(bucket, aws.s3.BucketServerSideEncryptionConfiguration, args).length === 0)
        report(`bucket ${bucket.name} does not say how it is encrypted`, bucket.urn);
    }
  },
});
