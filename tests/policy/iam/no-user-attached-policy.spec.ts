import * as aws from '@pulumi/aws';
import { noUserAttachedPolicy } from '../../../policy/rules/iam/no-user-attached-policy';
import { examine, given, UNKNOWN } from '../examine';

const FINDS = ['it grants permissions to a user directly; grant them to a group or a role'];
const attachment = (users: unknown) => given(aws.iam.PolicyAttachment, { policyArn: 'arn:x', users });

examine(noUserAttachedPolicy, {
  violating: {
    'an inline policy of a user': {
      given: given(aws.iam.UserPolicy, { user: 'reader', policy: UNKNOWN }),
      finds: FINDS,
    },
    'a policy attached to a user': {
      given: given(aws.iam.UserPolicyAttachment, { user: 'reader' }),
      finds: FINDS,
    },
    'a policy attached to users and others': { given: attachment(['reader']), finds: FINDS },
  },
  satisfying: {
    'a policy attached to a group': { given: given(aws.iam.GroupPolicyAttachment, { group: 'readers' }) },
    'a policy attached to roles': { given: attachment(undefined) },
  },
  unknown: { 'on whom': { given: attachment(UNKNOWN) } },
});
