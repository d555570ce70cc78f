import assert from 'node:assert/strict';
import { progress } from '../../tiers/progress';
import { differences } from './difference';
import type { Explanations } from './known-difference';
import type { Operation } from './operation';
import type { Subject } from './outcome';

/** Result of one log on two emulators. */
export interface Look {
  /** Operations with a difference. */
  readonly differing: number;
  /** Places at which outcomes differ. */
  readonly places: number;
  /** Operations after which items were made equal, so that later outcomes can be compared. */
  readonly repairs: number;
  /** Unexplained differences, one line each. */
  readonly unexplained: readonly string[];
  /** Operations that AWS rejects but the simulator executes, one line each. */
  readonly wronglyAccepted: readonly string[];
}

/** Runs a log on two emulators in parallel and compares every outcome. */
export async function lookAt<S extends Subject<S>>(
  ours: S,
  theirs: S,
  log: readonly Operation[],
  known: Explanations,
): Promise<Look> {
  const look = {
    differing: 0,
    places: 0,
    repairs: 0,
    unexplained: [] as string[],
    wronglyAccepted: [] as string[],
  };
  for (const [i, operation] of log.entries()) {
    const [mine, other] = await Promise.all([ours.perform(operation), theirs.perform(operation)]);
    progress();
    if (operation.wrong !== undefined && mine.refusal === undefined)
      look.wronglyAccepted.push(line(i, operation));
    const found = differences(mine, other);
    if (found.length === 0) continue;
    look.differing++;
    look.places += found.length;
    for (const difference of found) {
      if (known.explain(difference, operation, mine)) continue;
      look.unexplained.push(`${line(i, operation)}\n    ${JSON.stringify(difference)}`);
    }
    if (!found.some(({ at }) => at === 'refusal' || at.startsWith('after'))) continue;
    look.repairs++;
    await theirs.copy(operation, ours);
  }
  return look;
}

/** @throws AssertionError for operations that the simulator should have rejected, unexplained differences and unneeded entries */
export function check(look: Look, known: Explanations, seed: number): void {
  const none = (what: string, found: readonly string[]): void =>
    assert.ok(found.length === 0, `SEED=${seed}: ${found.length} ${what}:\n${found.slice(0, 10).join('\n')}`);
  none('executed requests that AWS rejects', look.wronglyAccepted);
  none('unexplained differences', look.unexplained);
  none('unneeded entries', known.needless());
}

/** The result in one line. */
export const summary = (name: string, operations: number, { differing, places, repairs }: Look): string =>
  `${name}: ${operations} operations, ${differing} of them differ, in ${places} places; ${repairs} repairs`;

const line = (i: number, { name, input, about, wrong }: Operation): string =>
  `${i}: ${name} ${JSON.stringify(input).slice(0, 3000)} (${wrong ?? about ?? 'random'})`;
