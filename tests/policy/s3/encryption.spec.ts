import * as aws from '@pulumi/aws';
import { encryption } from '../../../policy/rules/s3/encryption';
import { examine, given } from '../examine';

const bucket = given(aws.s3.Bucket, { bucket: 'shop' }, { name: 'shop' });

examine(encryption, {
  violating: {
    'a bucket that says nothing': { given: bucket, finds: ['bucket shop does not say how it is encrypted'] },
  },
  satisfying: {
    'a bucket that does': {
      given: [bucket, given(aws.s3.BucketServerSideEncryptionConfiguration, { bucket: 'shop', rules: [] })],
    },
    'no bucket': { given: [] },
  },
});
