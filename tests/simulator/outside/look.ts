import assert from 'node:assert/strict';
import { progress } from '../../tiers/progress';
import { differences } from './difference';
import type { Explanations } from './known-difference';
import type { Operation } from './operation';
import type { Subject } from './outcome';

/** What came out of one log on two emulators. */
export interface Look {
  /** Operations with a difference. */
  readonly differing: number;
  /** Places at which outcomes differ. */
  readonly places: number;
  /** Operations after which items had to be made equal, so that what follows can be compared. */
  readonly repairs: number;
  /** What no entry explains, one line each. */
  readonly unexplained: readonly string[];
  /** What AWS refuses and the simulator carries out, one line each. */
  readonly wronglyAccepted: readonly string[];
}

/** Has two emulators carry out a log, side by side, and compares every outcome. */
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

/** @throws AssertionError for what the simulator should have refused, and for what no entry explains or needs to explain */
export function check(look: Look, known: Explanations, seed: number): void {
  const none = (what: string, found: readonly string[]): void =>
    assert.ok(found.length === 0, `SEED=${seed}: ${found.length} ${what}:\n${found.slice(0, 10).join('\n')}`);
  none('requests carried out that AWS refuses', look.wronglyAccepted);
  none('differences that no entry explains', look.unexplained);
  none('entries without which everything is explained', known.needless());
}

/** What came out, in one line. */
export const summary = (name: string, operations: number, { differing, places, repairs }: Look): string =>
  `${name}: ${operations} operations, ${differing} of them differ, in ${places} places; ${repairs} repairs`;

const line = (i: number, { name, input, about, wrong }: Operation): string =>
  `${i}: ${name} ${JSON.stringify(input).slice(0, 3000)} (${wrong ?? about ?? 'random'})`;
