import * as aws from '@pulumi/aws';
import type { PolicyResource } from '@pulumi/policy';
import { allowedBy, hasCondition, nameOf, type PolicyStatement } from '../../iam/document';
import { stackRule, texts } from '../../rule';
import { eachKnown } from '../../stack/known';
import { belongsToReplicator, isPartOf } from '../../stack/replicators';

interface Config {
  readonly services: readonly string[];
  readonly federated: readonly string[];
}

/** Without conditions, another account can use the service as a confused deputy. */
export const trustOnlyEcsTasks = stackRule({
  name: 'iam-trust-only-ecs-tasks',
  description:
    'A role trusts named principals, and another account only with an external id; a replicator’s role trusts ECS tasks of this account.',
  level: 'mandatory',
  severity: 'high',
  standards: { checkov: ['CKV_AWS_60', 'CKV_AWS_61'], wellArchitected: ['SEC03-BP07', 'SEC03-BP02'] },
  remedy:
    'Trust an outside account with a condition on sts:ExternalId, an identity provider with one on its subject, and, in a replicator’s ' +
    'role, ecs-tasks.amazonaws.com with conditions on aws:SourceAccount and aws:SourceArn. Add other services and providers to the ' +
    'configuration of this rule.',
  url: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html',
  config: {
    services: texts('Services that a replicator’s role may trust with both conditions.', [
      'ecs-tasks.amazonaws.com',
    ]),
    federated: texts(
      'ARNs of identity providers that a role may trust without a condition on the subject.',
      [],
    ),
  },
  // About the stack, as only a role's outputs have its own account.
  validate: ({ resources, getConfig }, report) => {
    const config = getConfig<Config>();
    eachKnown(
      resources.filter((one) => one.isType(aws.iam.Role)),
      (role) => {
        const trusted = allowedBy(role.props['assumeRolePolicy']);
        trusted.forEach((statement, index) => {
          for (const finding of findingsOf(statement, role, config))
            report(`${nameOf(statement, index)}: ${finding}`, role.urn);
        });
      },
    );
  },
});

function findingsOf(statement: PolicyStatement, role: PolicyResource, config: Config): readonly string[] {
  const { principals } = statement;
  if (principals === '*') return ['everyone may assume the role'];
  return [
    ...(isReplicators(role)
      ? (principals?.['Service'] ?? []).flatMap((service) => ofService(service, statement, config.services))
      : []),
    ...ofAccounts(principals?.['AWS'] ?? [], statement, role),
    ...(principals?.['Federated'] ?? [])
      .filter((provider) => !config.federated.includes(provider) && !isLimited(provider, statement))
      .map((provider) => `everybody who signs in with ${provider} may assume it`),
  ];
}

/** Whether the role is of a replicator's tasks. Its service account trusts the service that its reader runs in. */
function isReplicators(role: PolicyResource): boolean {
  return belongsToReplicator(role) && !isPartOf(role.urn, 'ServiceAccount');
}

function ofService(
  service: string,
  statement: PolicyStatement,
  services: readonly string[],
): readonly string[] {
  if (!services.includes(service)) return [`it trusts ${service}; expected ${services.join(' or ')}`];
  const absent = ['aws:SourceAccount', 'aws:SourceArn'].filter((key) => !hasCondition(statement, key));
  return absent.length === 0
    ? []
    : [`${service} may assume it without a condition on ${absent.join(' and ')}`];
}

/** @throws UnknownValueError if the role's own account is unknown in a preview */
function ofAccounts(
  who: readonly string[],
  statement: PolicyStatement,
  role: PolicyResource,
): readonly string[] {
  const accounts = who.filter((one) => /^(\d{12}|arn:[^:]+:iam::\d{12}:root)$/.test(one));
  if (accounts.length === 0 || hasCondition(statement, 'sts:ExternalId')) return [];
  const own = accountOf(role.props['arn'] as string | undefined);
  return accounts
    .filter((one) => accountOf(one) !== own)
    .map((one) => `every principal of ${one} may assume it without a condition on sts:ExternalId`);
}

function accountOf(principal = ''): string | undefined {
  return /(?:^|::)(\d{12})(?::|$)/.exec(principal)?.[1];
}

/** Whether only some of a provider's users may assume the role. */
function isLimited(provider: string, { conditions }: PolicyStatement): boolean {
  // SAML and Cognito name their application in the audience; one of OpenID Connect is shared by all repositories or clusters.
  const key = provider.includes(':saml-provider/')
    ? 'saml:aud'
    : provider === 'cognito-identity.amazonaws.com'
      ? `${provider}:aud`
      : `${provider.replace(/^[^/]*\//, '')}:sub`.toLowerCase();
  return Object.entries(conditions).some(
    ([operator, keys]) =>
      /^(ForAnyValue:)?String(Equals|EqualsIgnoreCase|Like)$/.test(operator) &&
      (keys[key] ?? ['*']).every((value) => !/^(repo:)?\*/.test(value)),
  );
}
