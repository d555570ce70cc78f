import * as aws from '@pulumi/aws';
import { noForeignPrincipals } from '../../../policy/rules/s3/no-foreign-principals';
import { examine, given, UNKNOWN } from '../examine';

const policy = (statement: object) =>
  given(aws.s3.BucketPolicy, {
    bucket: 'shop',
    policy: JSON.stringify({
      Statement: [{ Sid: 'S', Effect: 'Allow', Action: 's3:GetObject', ...statement }],
    }),
  });
const FOREIGN = 'arn:aws:iam::210987654321:role/writer';

examine(noForeignPrincipals, {
  violating: {
    everyone: { given: policy({ Principal: '*' }), finds: ['statement S grants access to everyone'] },
    'a role of another account': {
      given: policy({ Principal: { AWS: FOREIGN } }),
      finds: [`statement S grants access to ${FOREIGN}`],
    },
    'a service without a condition': {
      given: policy({ Principal: { Service: 'logging.s3.amazonaws.com' } }),
      finds: ['statement S grants access to Service logging.s3.amazonaws.com'],
    },
  },
  satisfying: {
    'a deny for everyone': { given: policy({ Effect: 'Deny', Principal: '*' }) },
    'an account that the configuration names': {
      given: policy({ Principal: { AWS: [FOREIGN, '210987654321'] } }),
      config: { accounts: ['210987654321'] },
    },
    'everyone in the organization': {
      given: policy({ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
    },
  },
  unknown: {
    'a policy that names what is not there yet': { given: given(aws.s3.BucketPolicy, { policy: UNKNOWN }) },
  },
});
