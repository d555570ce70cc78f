import * as aws from '@pulumi/aws';
import { publicAccessBlockExists } from '../../../policy/rules/s3/public-access-block-exists';
import { examine, given, UNKNOWN } from '../examine';

const bucket = given(aws.s3.Bucket, { bucket: 'shop' }, { name: 'shop' });
const block = (of: unknown, madeOf = {}) => given(aws.s3.BucketPublicAccessBlock, { bucket: of }, { madeOf });

examine(publicAccessBlockExists, {
  violating: {
    'a bucket without one': { given: bucket, finds: ['bucket shop has no public access block'] },
    'one for another bucket': {
      given: [bucket, block('other')],
      finds: ['bucket shop has no public access block'],
    },
  },
  satisfying: {
    'a bucket with one': { given: [bucket, block('shop')] },
    'a preview in which only the source of the bucket’s name is known': {
      given: [bucket, block(UNKNOWN, { bucket: [bucket] })],
    },
    'no bucket': { given: block('elsewhere') },
  },
});
