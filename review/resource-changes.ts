import { changedKeys } from './changes';
import { labelOf } from './label';
import type { RecordedResource } from './record-program';

/** A resource that is only in one of two versions, or has other inputs in the second. */
export interface ResourceChange {
  /** `TYPE NAME`. */
  readonly label: string;
  readonly type: string;
  /** `undefined`: it is created. */
  readonly old: RecordedResource | undefined;
  /** `undefined`: it is removed. */
  readonly own: RecordedResource | undefined;
  /** Inputs that differ, if it is in both versions. */
  readonly keys: readonly string[];
}

/** The resources that change, sorted by label. */
export function changesOf(
  before: readonly RecordedResource[],
  after: readonly RecordedResource[],
): readonly ResourceChange[] {
  const was = new Map(before.filter(isResource).map((one) => [labelOf(one.urn), one]));
  const is = new Map(after.filter(isResource).map((one) => [labelOf(one.urn), one]));
  return [...new Set([...was.keys(), ...is.keys()])].sort().flatMap((label): readonly ResourceChange[] => {
    const [old, own] = [was.get(label), is.get(label)];
    const { type } = (own ?? old) as RecordedResource;
    if (old === undefined || own === undefined) return [{ label, type, old, own, keys: [] }];
    const keys = changedKeys(old.inputs, own.inputs);
    return keys.length === 0 ? [] : [{ label, type, old, own, keys }];
  });
}

/** One line for each resource that changes. */
export function resourceChanges(changes: readonly ResourceChange[]): readonly string[] {
  return changes.map(({ label, old, own, keys }) => {
    if (old === undefined) return `+ ${label}`;
    return own === undefined ? `- ${label}` : `~ ${label}: ${keys.join(', ')}`;
  });
}

/** Whether it is a real resource, not a component or the stack itself. */
function isResource({ type }: RecordedResource): boolean {
  return !type.startsWith('pulumi:pulumi:') && !type.startsWith('dynamodb-replicator:index:');
}
