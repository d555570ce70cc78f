import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

const MESSAGE = 'it grants permissions to a user directly; grant them to a group or a role';

/** The permissions of a group or role are in one place, and are deleted with it. */
export const noUserAttachedPolicy = resourceRule({
  name: 'iam-no-user-attached-policy',
  description: 'Users get their permissions through a group or a role.',
  level: 'mandatory',
  severity: 'low',
  standards: { securityHub: ['IAM.2'], checkov: ['CKV_AWS_40'], wellArchitected: ['SEC02-BP06'] },
  remedy: 'Attach the policy to a group, and make the user a member of it.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-2',
  validate: [
    validateResourceOfType(aws.iam.UserPolicy, (_policy, _args, report) => {
      report(MESSAGE);
    }),
    validateResourceOfType(aws.iam.UserPolicyAttachment, (_attachment, _args, report) => {
      report(MESSAGE);
    }),
    validateResourceOfType(aws.iam.PolicyAttachment, ({ users }, _args, report) => {
      if ((users ?? []).length > 0) report(MESSAGE);
    }),
  ],
});
