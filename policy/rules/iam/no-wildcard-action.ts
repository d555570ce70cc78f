import { eachStatement } from '../../iam/identity-policies';
import { resourceRule, texts } from '../../rule';

interface Config {
  readonly actions: readonly string[];
}

/**
 * A wildcard for a service allows more than intended: `dynamodb:*` also allows deleting tables. A wildcard that ends a prefix, such as
 * `ec2:Describe*`, is none: IAM.21 passes it, and AWS Config's iam-policy-no-statements-with-full-access, which the control uses,
 * "will only return NON_COMPLIANT if you use unrestricted wildcards".
 */
export const noWildcardAction = resourceRule({
  name: 'iam-no-wildcard-action',
  description:
    'An identity policy names the actions that it allows, or a prefix of their names, and never a whole service.',
  level: 'mandatory',
  severity: 'critical',
  standards: {
    securityHub: ['IAM.21', 'IAM.1'],
    checkov: ['CKV_AWS_62', 'CKV_AWS_63', 'CKV2_AWS_40'],
    wellArchitected: ['SEC03-BP02'],
  },
  remedy:
    'List the actions that are called, or a prefix that they share. CloudTrail or IAM Access Analyzer shows which ones were called.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21',
  config: {
    actions: texts('Patterns that are allowed exactly as written here, such as ssmmessages:*.', []),
  },
  validate: eachStatement<Config>(({ actions, notActions }, config) => [
    ...actions
      .filter((action) => !isLimited(action) && !config.actions.includes(action))
      .map((action) => `it allows ${action}; name the actions that are called`),
    ...(notActions.length === 0
      ? []
      : [`NotAction allows everything except ${notActions.join(', ')}; name the actions that are called`]),
  ]),
});

/** Whether an action is named in full, or is a prefix of names: `ec2:Describe*`. */
function isLimited(action: string): boolean {
  return /^[^*?]+:[^*?]+\*?$/.test(action);
}
