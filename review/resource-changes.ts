import { changedKeys } from './changes';
import type { RecordedResource } from './record-program';

/** One line for each resource that changes. */
export function resourceChanges(
  before: readonly RecordedResource[],
  after: readonly RecordedResource[],
): readonly string[] {
  const was = new Map(before.filter(isResource).map((one) => [one.urn, one]));
  const is = new Map(after.filter(isResource).map((one) => [one.urn, one]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((urn) => {
    const old = was.get(urn);
    const one = is.get(urn);
    if (old === undefined) return [`+ ${labelOf(urn)}`];
    if (one === undefined) return [`- ${labelOf(urn)}`];
    const changed = changedKeys(old.inputs, one.inputs);
    return changed.length === 0 ? [] : [`~ ${labelOf(urn)}: ${changed.join(', ')}`];
  });
}

/** Whether it is a real resource, not a component or the stack itself. */
function isResource({ type }: RecordedResource): boolean {
  return !type.startsWith('pulumi:pulumi:') && !type.startsWith('dynamodb-replicator:index:');
}

/** Label of a resource: `TYPE NAME`. */
export function labelOf(urn: string): string {
  const [type = '', name = ''] = urn.split('::').slice(2);
  return `${type} ${name}`;
}
