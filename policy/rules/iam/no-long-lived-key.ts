import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** An access key works from anywhere until somebody deletes it. */
export const noLongLivedKey = resourceRule({
  name: 'iam-no-long-lived-key',
  description: 'The stack uses roles instead of IAM users and access keys.',
  level: 'mandatory',
  severity: 'high',
  standards: {
    securityHub: ['IAM.8', 'IAM.22'],
    checkov: ['CKV_AWS_273', 'CKV2_AWS_22'],
    wellArchitected: ['SEC02-BP02'],
  },
  remedy:
    'Let the reader assume a role, with an external id if it is in another account. If it cannot, add an exception to this rule ' +
    'for the user and the key, with the reason; iam-access-key-age then enforces rotation.',
  url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-workloads-use-roles',
  validate: [
    validateResourceOfType(aws.iam.User, (_user, _args, report) => {
      report('an IAM user has long-lived credentials; use a role');
    }),
    validateResourceOfType(aws.iam.AccessKey, ({ status }, _args, report) => {
      if (status !== 'Inactive') report('an access key is valid until it is deleted; use a role');
    }),
  ],
});
