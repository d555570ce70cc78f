import * as aws from '@pulumi/aws';
import { lifecycleExpiry } from '../../../policy/rules/s3/lifecycle-expiry';
import { examine, given, UNKNOWN } from '../examine';

const bucket = (name: string, physical?: string) => given(aws.s3.Bucket, { bucket: physical }, { name });
const lifecycle = (rule: object) =>
  given(aws.s3.BucketLifecycleConfiguration, { bucket: 'exports', rules: [rule] });

examine(lifecycleExpiry, {
  violating: {
    'exports that are kept': { given: bucket('exports'), finds: ['bucket exports keeps exports forever'] },
    'by its physical name': {
      given: bucket('b', 'my-exports-1'),
      finds: ['bucket b keeps exports forever'],
    },
    'for too long': {
      given: [bucket('exports'), lifecycle({ status: 'Enabled', expiration: { days: 365 } })],
      finds: ['bucket exports keeps exports for 365 days; at most 90 are allowed'],
    },
    'a rule that only cleans up': {
      given: [bucket('exports'), lifecycle({ status: 'Enabled' })],
      finds: ['bucket exports keeps exports forever'],
    },
    'buckets that the configuration names': {
      given: bucket('dumps'),
      config: { buckets: ['dumps'] },
      finds: ['bucket dumps keeps exports forever'],
    },
  },
  satisfying: {
    'exports that are deleted': {
      given: [bucket('exports'), lifecycle({ status: 'Enabled', expiration: { days: 14 } })],
    },
    'a bucket for something else': { given: bucket('assets') },
  },
  unknown: {
    'how long': {
      given: [
        bucket('exports'),
        given(aws.s3.BucketLifecycleConfiguration, { bucket: 'exports', rules: UNKNOWN }),
      ],
    },
  },
});
