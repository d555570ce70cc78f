import * as aws from '@pulumi/aws';
import { tlsOnly } from '../../../policy/rules/s3/tls-only';
import { examine, given, UNKNOWN } from '../examine';

const bucket = given(aws.s3.Bucket, { bucket: 'shop' }, { name: 'shop' });
const policy = (statement: object) =>
  given(aws.s3.BucketPolicy, {
    bucket: 'shop',
    policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Principal: '*', ...statement }],
    }),
  });
const PLAIN = { Bool: { 'aws:SecureTransport': 'false' } };
const FINDS = ['the policy of bucket shop does not deny requests without TLS'];

examine(tlsOnly, {
  violating: {
    'a bucket without a policy': { given: bucket, finds: FINDS },
    'a deny with another condition': {
      given: [bucket, policy({ Action: 's3:PutObject', Condition: PLAIN })],
      finds: FINDS,
    },
    'a deny for some principals': {
      given: [bucket, policy({ Principal: { AWS: 'arn:x' }, Action: 's3:*', Condition: PLAIN })],
      finds: FINDS,
    },
    'an allow statement': {
      given: [bucket, policy({ Effect: 'Allow', Action: 's3:*', Condition: PLAIN })],
      finds: FINDS,
    },
  },
  satisfying: {
    'a deny for everyone': { given: [bucket, policy({ Action: 's3:*', Condition: PLAIN })] },
    'a deny with everyone in the other notation': {
      given: [bucket, policy({ Principal: { AWS: '*' }, Action: ['s3:*'], Condition: PLAIN })],
    },
  },
  unknown: {
    'a policy that names a resource that does not exist yet': {
      given: [bucket, given(aws.s3.BucketPolicy, { bucket: 'shop', policy: UNKNOWN })],
    },
    'next to a bucket without a policy': {
      given: [
        bucket,
        given(aws.s3.BucketPolicy, { bucket: 'shop', policy: UNKNOWN }),
        given(aws.s3.Bucket, {}, { name: 'bare' }),
      ],
      finds: ['the policy of bucket bare does not deny requests without TLS'],
    },
  },
});
