import * as aws from '@pulumi/aws';
import { encryptionKms } from '../../../policy/rules/s3/encryption-kms';
import { examine, given, UNKNOWN } from '../examine';

const bucket = given(aws.s3.Bucket, { bucket: 'shop' }, { name: 'shop' });
const lifecycle = (days: unknown, status = 'Enabled') =>
  given(aws.s3.BucketLifecycleConfiguration, { bucket: 'shop', rules: [{ status, expiration: { days } }] });
const encrypted = (sseAlgorithm: string) =>
  given(aws.s3.BucketServerSideEncryptionConfiguration, {
    bucket: 'shop',
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm } }],
  });
const FINDS = ['bucket shop is encrypted with S3’s own key'];

examine(encryptionKms, {
  violating: {
    'objects that are kept': { given: [bucket, encrypted('AES256')], finds: FINDS },
    'objects that are kept for long': { given: [bucket, encrypted('AES256'), lifecycle(60)], finds: FINDS },
    'a disabled lifecycle rule': {
      given: [bucket, encrypted('AES256'), lifecycle(7, 'Disabled')],
      finds: FINDS,
    },
  },
  satisfying: {
    'a customer-managed key': { given: [bucket, encrypted('aws:kms')] },
    'objects that are deleted soon': { given: [bucket, encrypted('AES256'), lifecycle(14)] },
    'a bucket that s3-encryption reports': { given: bucket },
  },
  unknown: {
    'how long they are kept': {
      given: [bucket, encrypted('AES256'), { ...lifecycle(1), outputs: { bucket: 'shop', rules: UNKNOWN } }],
    },
  },
});
