import { eachStatement } from '../../iam/identity-policies';
import { resourceRule, texts } from '../../rule';

interface Config {
  readonly actions: readonly string[];
}

/** A wildcard allows more than intended: `dynamodb:*` also allows deleting tables. */
export const noWildcardAction = resourceRule({
  name: 'iam-no-wildcard-action',
  description: 'An identity policy names each action that it allows.',
  level: 'mandatory',
  severity: 'critical',
  standards: {
    securityHub: ['IAM.21', 'IAM.1'],
    checkov: ['CKV_AWS_62', 'CKV_AWS_63', 'CKV2_AWS_40'],
    wellArchitected: ['SEC03-BP02'],
  },
  remedy:
    'List the actions that are called, each in full. CloudTrail or IAM Access Analyzer shows which ones were called.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-21',
  config: {
    actions: texts('Patterns that are allowed exactly as written here, such as ssmmessages:*.', []),
  },
  validate: eachStatement<Config>(({ actions, notActions }, config) => [
    ...actions
      .filter((action) => /[*?]/.test(action) && !config.actions.includes(action))
      .map((action) => `it allows ${action}; name the actions that are called`),
    ...(notActions.length === 0
      ? []
      : [`NotAction allows everything except ${notActions.join(', ')}; name the actions that are called`]),
  ]),
});
