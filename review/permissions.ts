import { without } from './changes';
import { type Admission, admissionsOf, type Grant, grantsOf, limitsOf } from './grants';
import { existingRoles } from './holders';
import type { RecordedResource } from './record-program';
import { wordsOf } from './words';

/** Markdown lines about gained and lost permissions. */
export interface Permissions {
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

/** The permissions that a change grants, and those that it removes. */
export function permissionChanges(
  before: readonly RecordedResource[],
  after: readonly RecordedResource[],
): Permissions {
  const had = grantsOf(before);
  const has = grantsOf(after);
  const letIn = admissionsOf(before);
  const letsIn = admissionsOf(after);
  return {
    gained: [
      ...without(existingRoles(after), existingRoles(before)),
      ...without(letsIn, letIn).map((one) => admission(one, 'can now be used by')),
      ...without(limitsOf(before, after), limitsOf(after, before)).map(
        (one) => `${one.of} is no longer limited by ${one.by}`,
      ),
      ...described(without(has, had), has, 'may now'),
    ],
    lost: [
      ...without(letIn, letsIn).map((one) => admission(one, 'can no longer be used by')),
      ...without(limitsOf(after, before), limitsOf(before, after)).map(
        (one) => `${one.of} is now limited by ${one.by}`,
      ),
      ...described(without(had, has), had, 'may no longer'),
    ],
  };
}

/** Holders with the same permissions share their lines. */
function described(changed: readonly Grant[], all: readonly Grant[], verb: string): readonly string[] {
  const holders = new Map<string, string[]>();
  for (const name of new Set(changed.map(({ holder }) => JSON.stringify(holder)))) {
    const mine = (grants: readonly Grant[]) => grants.filter(({ holder }) => JSON.stringify(holder) === name);
    const words = wordsOf(mine(changed), mine(all)).join('\n');
    const { label } = JSON.parse(name) as { label: string };
    holders.set(words, [...(holders.get(words) ?? []), label]);
  }
  return [...holders]
    .map(([words, labels]) => [joined(labels.sort()), words.split('\n')] as const)
    .sort(([one], [other]) => order(one) - order(other))
    .flatMap(([label, words]) => words.map((line) => `${label} ${verb} ${line}`));
}

function joined([first = '', ...others]: readonly string[]): string {
  const rest = others.map((label) => label.replace(/^The /, 'the '));
  const last = rest.pop();
  return last === undefined ? first : `${[first, ...rest].join(', ')} and ${last}`;
}

/** Sort key: the replicator comes first. */
function order(label: string): number {
  const at = ['The replicator', 'The service account', 'ECS'].findIndex((start) => label.startsWith(start));
  return at < 0 ? 3 : at;
}

function admission({ into, who, how }: Admission, verb: string): string {
  return `${into} ${verb} ${who} ${how}`;
}
