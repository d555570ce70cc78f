import * as aws from '@pulumi/aws';
import { encryption } from '../../../policy/rules/s3/encryption';
import { examine, given } from '../examine';

const bucket = given(aws.s3.Bucket, { bucket: 'shop' }, { name: 'shop' });

examine(encryption, {
  violating: {
    'a bucket without a configuration': {
      given: bucket,
      finds: ['bucket shop has no encryption configuration'],
    },
  },
  satisfying: {
    'a bucket with a configuration': {
      given: [bucket, given(aws.s3.BucketServerSideEncryptionConfiguration, { bucket: 'shop', rules: [] })],
    },
    'no bucket': { given: [] },
  },
});
