import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { allowedBy, hasCondition, nameOf, type PolicyStatement } from '../../iam/document';
import { resourceRule, texts } from '../../rule';

interface Config {
  readonly services: readonly string[];
  readonly federated: readonly string[];
}

/** Without conditions, another account can use the service as a confused deputy. */
export const trustOnlyEcsTasks = resourceRule({
  name: 'iam-trust-only-ecs-tasks',
  description:
    'A role trusts ECS tasks of this account or a named principal; a whole account only with an external id.',
  level: 'mandatory',
  severity: 'high',
  standards: { checkov: ['CKV_AWS_60', 'CKV_AWS_61'], wellArchitected: ['SEC03-BP07', 'SEC03-BP02'] },
  remedy:
    'Trust ecs-tasks.amazonaws.com with conditions on aws:SourceAccount and aws:SourceArn, and an outside account with a ' +
    'condition on sts:ExternalId. Add other services to the configuration of this rule.',
  url: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html',
  config: {
    services: texts('Services that a role may trust with both conditions.', ['ecs-tasks.amazonaws.com']),
    federated: texts('ARNs of identity providers that a role may trust.', []),
  },
  validate: [
    validateResourceOfType(aws.iam.Role, ({ assumeRolePolicy }, args, report) => {
      const config = args.getConfig<Config>();
      allowedBy(assumeRolePolicy).forEach((statement, index) => {
        for (const finding of findingsOf(statement, config))
          report(`${nameOf(statement, index)}: ${finding}`);
      });
    }),
  ],
});

function findingsOf(statement: PolicyStatement, { services, federated }: Config): readonly string[] {
  const { principals } = statement;
  if (principals === '*') return ['everyone may assume the role'];
  const byService = (principals?.['Service'] ?? []).flatMap((service) => {
    if (!services.includes(service)) return [`it trusts ${service}; expected ${services.join(' or ')}`];
    const absent = ['aws:SourceAccount', 'aws:SourceArn'].filter((key) => !hasCondition(statement, key));
    return absent.length === 0
      ? []
      : [`${service} may assume it without a condition on ${absent.join(' and ')}`];
  });
  const byAccount = (principals?.['AWS'] ?? [])
    .filter(
      (who) =>
        /^(\d{12}|arn:[^:]+:iam::\d{12}:root)$/.test(who) && !hasCondition(statement, 'sts:ExternalId'),
    )
    .map((who) => `every principal of ${who} may assume it without a condition on sts:ExternalId`);
  const byProvider = (principals?.['Federated'] ?? [])
    .filter((provider) => !federated.includes(provider))
    .map((provider) => `it trusts ${provider}, which the configuration of this rule does not name`);
  return [...byService, ...byAccount, ...byProvider];
}
