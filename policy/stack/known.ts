import { type PolicyResource, UnknownValueError } from '@pulumi/policy';

/**
 * Checks every item, even if a value of another item is unknown in a preview. So the findings are reported, and then that not
 * everything could be checked.
 * @throws UnknownValueError the first one, after all items were checked
 */
export function eachKnown<One>(all: readonly One[], check: (one: One) => void): void {
  let unknown: UnknownValueError | undefined;
  for (const one of all) {
    try {
      check(one);
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      unknown ??= error;
    }
  }
  if (unknown !== undefined) throw unknown;
}

/** Value of a property; `undefined` if it is unknown. */
export function known(resource: Pick<PolicyResource, 'props'>, property: string): unknown {
  try {
    return resource.props[property];
  } catch (error) {
    if (error instanceof UnknownValueError) return undefined;
    throw error;
  }
}

/** Properties by which other resources refer to a resource. */
const IDENTITIES = ['id', 'arn', 'name', 'bucket', 'url'] as const;

/**
 * Whether a property of a resource refers to another resource. In a preview its value is often unknown, but its sources are known.
 */
export function refersTo(resource: PolicyResource, property: string, target: PolicyResource): boolean {
  const sources = resource.propertyDependencies[property] ?? [];
  if (sources.some(({ urn }) => urn === target.urn)) return true;
  const value = known(resource, property);
  return typeof value === 'string' && value !== '' && IDENTITIES.some((key) => known(target, key) === value);
}
