import * as aws from '@pulumi/aws';
import { publicAccessBlock } from '../../../policy/rules/s3/public-access-block';
import { examine, given, UNKNOWN } from '../examine';

const CLOSED = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};
const block = (changes: object) =>
  given(aws.s3.BucketPublicAccessBlock, { bucket: 'b', ...CLOSED, ...changes });

examine(publicAccessBlock, {
  violating: {
    'one flag off': { given: block({ blockPublicPolicy: false }), finds: ['blockPublicPolicy is not true'] },
    'two flags not set': {
      given: block({ ignorePublicAcls: undefined, restrictPublicBuckets: undefined }),
      finds: ['ignorePublicAcls, restrictPublicBuckets are not true'],
    },
  },
  satisfying: { 'all flags on': { given: block({}) } },
  unknown: { 'one of them': { given: block({ blockPublicAcls: UNKNOWN }) } },
  remediates: {
    'flags that are off': { given: block({ blockPublicPolicy: false }), into: { bucket: 'b', ...CLOSED } },
    'nothing if all flags are on': { given: block({}), into: undefined },
  },
});
