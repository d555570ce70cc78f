import * as aws from '@pulumi/aws';
import { noLongLivedKey } from '../../../policy/rules/iam/no-long-lived-key';
import { examine, given, UNKNOWN } from '../examine';

const key = (status?: string) => given(aws.iam.AccessKey, { user: 'reader', status });

examine(noLongLivedKey, {
  violating: {
    'a user': {
      given: given(aws.iam.User, { name: 'reader' }),
      finds: ['an IAM user has long-lived credentials; use a role'],
    },
    'an access key': { given: key(), finds: ['an access key is valid until it is deleted; use a role'] },
    'an exception for another resource': {
      given: key(),
      config: {
        exceptions: [{ resource: 'aws:iam/accessKey:AccessKey::two', reason: 'Artie takes keys only' }],
      },
      finds: ['an access key is valid until it is deleted; use a role'],
    },
    'an exception whose reason is blank': {
      given: key(),
      config: { exceptions: [{ resource: 'aws:iam/accessKey:AccessKey::one', reason: ' ' }] },
      finds: ['an access key is valid until it is deleted; use a role'],
    },
  },
  satisfying: {
    'a role': { given: given(aws.iam.Role, { assumeRolePolicy: UNKNOWN }) },
    'an inactive key': { given: key('Inactive') },
    'an exception with a reason': {
      given: key(),
      config: {
        exceptions: [{ resource: 'aws:iam/accessKey:AccessKey::one', reason: 'Artie takes keys only' }],
      },
    },
  },
  unknown: { 'whether it is on': { given: key(UNKNOWN) } },
});
