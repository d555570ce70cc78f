import * as aws from '@pulumi/aws';
import { accessLogging } from '../../../policy/rules/s3/access-logging';
import { examine, given, UNKNOWN } from '../examine';

const bucket = given(aws.s3.Bucket, { bucket: 'shop' }, { name: 'shop' });
const lifecycle = (days: unknown, status = 'Enabled') =>
  given(aws.s3.BucketLifecycleConfiguration, { bucket: 'shop', rules: [{ status, expiration: { days } }] });
const logs = given(aws.s3.Bucket, { bucket: 'logs' }, { name: 'logs' });
const logging = given(
  aws.s3.BucketLogging,
  { bucket: 'shop', targetBucket: 'logs' },
  { madeOf: { targetBucket: [logs] } },
);

examine(accessLogging, {
  violating: { 'objects that are kept': { given: bucket, finds: ['bucket shop has no access logs'] } },
  satisfying: {
    'a bucket with access logs, and their target bucket': { given: [bucket, logs, logging] },
    'objects that are deleted soon': { given: [bucket, lifecycle(1)] },
  },
  unknown: {
    'how long they are kept': {
      given: [bucket, given(aws.s3.BucketLifecycleConfiguration, { bucket: 'shop', rules: UNKNOWN })],
    },
  },
});
