import { type PolicyResource, UnknownValueError } from '@pulumi/policy';

/**
 * Looks at every one, also where some value of another is not known in a preview: what was found is told, and then that not
 * everything could be looked at.
 * @throws UnknownValueError the first one, at the end
 */
export function eachKnown<One>(all: readonly One[], look: (one: One) => void): void {
  let unknown: UnknownValueError | undefined;
  for (const one of all) {
    try {
      look(one);
    } catch (error) {
      if (!(error instanceof UnknownValueError)) throw error;
      unknown ??= error;
    }
  }
  if (unknown !== undefined) throw unknown;
}

/** A property where it is known. */
export function known(resource: PolicyResource, property: string): unknown {
  try {
    return resource.props[property];
  } catch (error) {
    if (error instanceof UnknownValueError) return undefined;
    throw error;
  }
}

/** Properties by which others name a resource. */
const IDENTITIES = ['id', 'arn', 'name', 'bucket', 'url'] as const;

/**
 * Whether a property of a resource names another. In a preview the value is often not known, but what it is made of is.
 */
export function refersTo(resource: PolicyResource, property: string, target: PolicyResource): boolean {
  const sources = resource.propertyDependencies[property] ?? [];
  if (sources.some(({ urn }) => urn === target.urn)) return true;
  const value = known(resource, property);
  return typeof value === 'string' && value !== '' && IDENTITIES.some((key) => known(target, key) === value);
}
