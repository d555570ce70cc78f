import { changedKeys } from './changes';
import { labelOf } from './label';
import type { RecordedResource } from './record-program';

/** One line for each resource that changes. */
export function resourceChanges(
  before: readonly RecordedResource[],
  after: readonly RecordedResource[],
): readonly string[] {
  const was = new Map(before.filter(isResource).map((one) => [labelOf(one.urn), one]));
  const is = new Map(after.filter(isResource).map((one) => [labelOf(one.urn), one]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((label) => {
    const old = was.get(label);
    const one = is.get(label);
    if (old === undefined) return [`+ ${label}`];
    if (one === undefined) return [`- ${label}`];
    const changed = changedKeys(old.inputs, one.inputs);
    return changed.length === 0 ? [] : [`~ ${label}: ${changed.join(', ')}`];
  });
}

/** Whether it is a real resource, not a component or the stack itself. */
function isResource({ type }: RecordedResource): boolean {
  return !type.startsWith('pulumi:pulumi:') && !type.startsWith('dynamodb-replicator:index:');
}
