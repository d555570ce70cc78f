import { without } from './changes';
import { type Admission, admissionsOf, type Grant, grantsOf, limitsOf } from './grants';
import type { RecordedResource } from './record-program';
import { wordsOf } from './words';

/** Lines of Markdown about what is gained and what is lost. */
export interface Permissions {
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

/** What the change lets anybody do, and what it takes away. */
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

/** Those with the same words are told together. */
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

/** The replicator itself comes first. */
function order(label: string): number {
  const at = ['The replicator', 'The service account', 'ECS'].findIndex((start) => label.startsWith(start));
  return at < 0 ? 3 : at;
}

function admission({ into, who, how }: Admission, verb: string): string {
  return `${into} ${verb} ${who} ${how}`;
}
