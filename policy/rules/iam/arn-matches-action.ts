import { eachStatement } from '../../iam/identity-policies';
import { actionsLike, canBe, resourcesOf } from '../../iam/service-reference';
import { resourceRule } from '../../rule';

/** An action on the wrong kind of resource allows nothing: the deployment succeeds, but the call is denied. */
export const arnMatchesAction = resourceRule({
  name: 'iam-arn-matches-action',
  description: 'Each action in an identity policy has a resource that AWS can allow it on.',
  level: 'mandatory',
  severity: 'medium',
  standards: { wellArchitected: ['SEC03-BP02'] },
  remedy:
    'Use the kind of ARN that the Service Authorization Reference lists for the action. An action without one needs *.',
  url: 'https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html',
  validate: eachStatement(({ actions, resources }) =>
    actions.flatMap((pattern) => {
      const known = actionsLike(pattern);
      // A pattern is useful if at least one of its actions is.
      const findings = known.map((action) => findingOf(action, resources));
      return findings.length > 0 && findings.every((finding) => finding !== undefined)
        ? findings.slice(0, 1).filter((finding) => finding !== undefined)
        : [];
    }),
  ),
});

function findingOf(action: string, resources: readonly string[]): string | undefined {
  if (resources.length === 0) return undefined;
  const kinds = resourcesOf(action) ?? [];
  if (kinds.length === 0)
    return resources.includes('*')
      ? undefined
      : `${action} works only on *, so it allows nothing on ${resources.join(', ')}`;
  return kinds.some((kind) => resources.some((resource) => canBe(resource, kind)))
    ? undefined
    : `${action} allows nothing on ${resources.join(', ')}; it needs ${kinds.join(' or ')}`;
}
