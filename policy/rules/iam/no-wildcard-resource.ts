import { matches } from '../../exceptions';
import { hasCondition, type PolicyStatement } from '../../iam/document';
import { eachStatement } from '../../iam/identity-policies';
import { actionsLike, needsEverything, resourcesOf } from '../../iam/service-reference';
import { resourceRule, texts } from '../../rule';

interface Config {
  readonly actions: readonly string[];
}

const METRICS = 'cloudwatch:PutMetricData';

/** `*` is only for actions that AWS cannot limit to a resource. */
export const noWildcardResource = resourceRule({
  name: 'iam-no-wildcard-resource',
  description: 'An identity policy names the resources of every action that can be limited to resources.',
  level: 'mandatory',
  severity: 'high',
  standards: {
    securityHub: ['IAM.21', 'KMS.1', 'KMS.2'],
    checkov: ['CKV_AWS_355', 'CKV_AWS_286', 'CKV_AWS_287', 'CKV_AWS_288', 'CKV_AWS_289', 'CKV_AWS_290'],
    wellArchitected: ['SEC03-BP02'],
  },
  remedy:
    'Name the ARNs of the tables, buckets, secrets or keys. A table’s streams and exports are TABLE/stream/* and ' +
    'TABLE/export/*. cloudwatch:PutMetricData needs * with a condition on cloudwatch:namespace.',
  url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege',
  config: {
    actions: texts(
      'Patterns of more actions that may have *. Those for which AWS has no resource may have it anyway.',
      [],
    ),
  },
  validate: eachStatement<Config>((statement, { actions: allowed }) => [
    ...(statement.notResources.length === 0
      ? []
      : [`NotResource matches everything except ${statement.notResources.join(', ')}; name the resources`]),
    ...(statement.resources.some(isEverything) ? tooWide(statement, allowed) : []),
  ]),
});

/** Whether a resource is `*` or as wide, such as every table of an account: `arn:aws:dynamodb:REGION:ACCOUNT:table/*`. */
function isEverything(resource: string): boolean {
  const [, , service, , , ...rest] = resource.split(':');
  const id = rest.join(':');
  // Before the slash, S3's ARNs have a bucket's name, those of other services the kind of resource.
  return (
    resource === '*' ||
    service === '*' ||
    /^\*+$/.test(id) ||
    (service !== 's3' && /^[a-z-]+[/:]\*+$/.test(id))
  );
}

function tooWide(statement: PolicyStatement, allowed: readonly string[]): readonly string[] {
  const wide = statement.actions.filter(
    (action) =>
      !needsEverything(action) &&
      !allowed.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase())),
  );
  const metrics = statement.actions.includes(METRICS) && !hasCondition(statement, 'cloudwatch:namespace');
  return [
    ...wide.map((action) => `it allows ${action} on every resource; ${couldBe(action)}`),
    ...(metrics ? [`it allows ${METRICS} in every namespace; add a condition on cloudwatch:namespace`] : []),
  ];
}

function couldBe(action: string): string {
  const kinds = [...new Set(actionsLike(action).flatMap((one) => resourcesOf(one) ?? []))];
  return kinds.length === 0 ? 'name the resources' : `limit it to ${kinds.join(' or ')}`;
}
