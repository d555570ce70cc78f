import * as aws from '@pulumi/aws';
import { kmsKeyNotPublic } from '../../../policy/rules/storage/kms-key-not-public';
import { examine, given, UNKNOWN } from '../examine';

const key = (statement: object) =>
  given(aws.kms.Key, {
    policy: JSON.stringify({
      Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*', ...statement }],
    }),
  });

examine(kmsKeyNotPublic, {
  violating: {
    everyone: { given: key({ Principal: { AWS: '*' } }), finds: ['statement 1 lets everyone use it'] },
  },
  satisfying: {
    'the account': { given: key({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } }) },
    'everyone through a service': {
      given: key({ Principal: '*', Condition: { StringEquals: { 'kms:CallerAccount': '123456789012' } } }),
    },
    'no policy, which means the account’s default': { given: given(aws.kms.Key, {}) },
  },
  unknown: {
    'a policy that names what is not there yet': { given: given(aws.kms.Key, { policy: UNKNOWN }) },
  },
});
