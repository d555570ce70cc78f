import * as aws from '@pulumi/aws';
import { noUserAttachedPolicy } from '../../../policy/rules/iam/no-user-attached-policy';
import { examine, given, UNKNOWN } from '../examine';

const FINDS = ['it gives rights to a user directly; give them to a group or a role'];
const attachment = (users: unknown) => given(aws.iam.PolicyAttachment, { policyArn: 'arn:x', users });

examine(noUserAttachedPolicy, {
  violating: {
    'a policy in a user': {
      given: given(aws.iam.UserPolicy, { user: 'reader', policy: UNKNOWN }),
      finds: FINDS,
    },
    'a policy on a user': { given: given(aws.iam.UserPolicyAttachment, { user: 'reader' }), finds: FINDS },
    'a policy on users and others': { given: attachment(['reader']), finds: FINDS },
  },
  satisfying: {
    'a policy on a group': { given: given(aws.iam.GroupPolicyAttachment, { group: 'readers' }) },
    'a policy on roles': { given: attachment(undefined) },
  },
  unknown: { 'on whom': { given: attachment(UNKNOWN) } },
});
