import assert from 'node:assert/strict';
import { seed, sized } from '../seeds';
import { progress } from '../tiers/progress';
import { TIER } from '../tiers/tier';
import type { Rules } from './rules';
import { run } from './run';
import { MINUTE } from './times';

const RUNS = sized(TIER === 'quick' ? 300 : 3_000);
/** Each seed of the soak has its own runs. */
const FIRST = (seed() - 1) * 1_000_000 + 1;

/** A rule weakened on purpose. `besides`: others weakened with it, which alone break no promise. */
interface Weakened {
  readonly rule: string;
  readonly weakened: Partial<Rules>;
  readonly besides?: Partial<Rules>;
  /** The first seed to run, if the first that detects it is far. */
  readonly from?: number;
}

const WITHOUT_AGE = { ageBeforeRead: false, ageAtCommit: false } as const;

const WEAKENED: readonly Weakened[] = [
  { rule: 'A1: one listing fixes the roots', weakened: { roots: 'of one listing' } },
  { rule: 'A1: the roots are those of the later listing', weakened: { roots: 'of the later alone' } },
  { rule: 'A1: the earlier listing need not have shown each root', weakened: { earlierShowedEach: false } },
  { rule: 'A1: the later listing follows at once', weakened: { settleMs: 0 } },
  { rule: 'A2: a shard that left unread is a gap', weakened: { beforeS0Of: 'none' } },
  { rule: 'A2: a shard is gone when one listing lacks it', weakened: { goneAfterMs: 0 } },
  {
    rule: 'G1: a shard that two listings lack is gone, though it was read between them',
    weakened: { readDisproves: false },
  },
  {
    rule: 'A2: a shard that is gone was read, whenever that is',
    weakened: { beforeS0ForMs: Infinity },
    besides: WITHOUT_AGE,
  },
  {
    rule: 'A2: a shard that is gone was read, though something of its lineage was kept',
    weakened: { beforeS0Of: 'all' },
    besides: { ...WITHOUT_AGE, beforeS0ForMs: Infinity },
  },
  { rule: 'A2: the children of a shard that is gone start now', weakened: { watermarkOfGone: 'now' } },
  {
    rule: 'W1: an ended shard of which nothing was kept waits for a child',
    weakened: { succeeds: 'with a child' },
  },
  { rule: 'W1: one listing shows every shard', weakened: { complete: 'one listing' }, from: 990 },
  {
    rule: 'W1: a listing that shows a shard without its parent counts',
    weakened: { completeWithOrphans: true },
    from: 15_601_784_002_830,
  },
  {
    rule: 'W1: an answer about one shard’s children counts as a listing',
    weakened: { childAnswer: 'moves the listing' },
    from: 3_310,
  },
  { rule: 'W1: one empty answer is enough', weakened: { emptyAnswers: 1 } },
  { rule: 'S1: a child is read concurrently with its parent', weakened: { childAfterParent: false } },
  {
    rule: 'S3: each shard of an unknown parent counts, not only the topmost',
    weakened: { orphans: 'each' },
    from: 520,
  },
  { rule: 'G1: W may be of any age', weakened: WITHOUT_AGE },
  { rule: 'G1: a table that is gone ends the replicator', weakened: { goneTable: 'ends it' } },
  { rule: 'G1: a table with another key ends the replicator', weakened: { otherKey: 'ends it' }, from: 172 },
  {
    rule: 'G1: a table with another key is loaded into the old one',
    weakened: { otherKey: 'is ignored' },
    from: 172,
  },
  { rule: 'P1: the ledger is ignored', weakened: { ledger: false } },
  { rule: 'P1: the changes have no tombstones', weakened: { tombstones: false } },
  { rule: 'P2: the publish does not wait for W', weakened: { publishWaits: false } },
  { rule: 'C2: no process is fenced', weakened: { fencing: false } },
];
/** Rules of heals and planned resyncs, detected in lives with many gaps. */
const WEAKENED_HEALS: readonly Weakened[] = [
  {
    rule: 'P3: the export of a resync begins with its changes table',
    weakened: { resyncAfterMs: 0 },
    from: 600,
  },
  { rule: 'P3: a resync feeds the visible table only', weakened: { resyncFeeds: 'visible table' } },
  { rule: 'P3: the visible table goes on after a gap', weakened: { gapFreezes: false } },
  {
    rule: 'W1: a listing of a stream that is off counts',
    weakened: { completeWhenOff: 'counts' },
    from: 2_900,
  },
  { rule: 'P2: the changes have no tombstones', weakened: { tombstones: false } },
  { rule: 'G3: a heal begins after L', weakened: { healSlackMs: -10 * MINUTE } },
  { rule: 'G3: a heal ends long before the present', weakened: { healEndsBeforeMs: 20 * MINUTE } },
  { rule: 'G3: a second heal begins where the first was', weakened: { healsFrom: 'the last position' } },
  { rule: 'G3: windows do not overlap', weakened: { overlapMs: 0 } },
  { rule: 'G3: lines count in the order of their arrival', weakened: { lines: 'by arrival' } },
  { rule: 'G3: nothing is read again', weakened: { reread: false } },
  { rule: 'G3: keys at the edge of two windows are not read again', weakened: { rereadEdges: false } },
  {
    rule: 'G4: a heal is published without some windows',
    weakened: { healWaitsForWindows: false },
    from: 600,
  },
  { rule: 'G4: a heal is published without W', weakened: { healWaitsForW: false } },
];
/** Each is detected long before. */
const ENOUGH = 4_000;

describe('model of the rules', () => {
  it('A1, A2, S1, S3, W1, C1, C2, P1, P2, G1, G2: every promise is kept, whatever happens', () => {
    let gone = 0;
    let again = 0;
    let disproved = 0;
    for (let number = FIRST; number < FIRST + RUNS; number++) {
      const { broken, tally } = run(number);
      const alone = `node -r ./tests/load-typescript.cjs tests/model/main.ts 1 ${number}`;
      assert.equal(broken, undefined, `seed ${number}: ${broken}\nAlone: ${alone}`);
      if (tally.goneBeforeS0 > 0) gone += 1;
      if (tally.readAgain > 0) again += 1;
      if (tally.disproved > 0) disproved += 1;
      progress();
    }
    assert.ok(gone > 0.4 * RUNS, `A2 (a) in only ${gone} of ${RUNS} runs`);
    assert.ok(again > 0.04 * RUNS, `A2 (b) in only ${again} of ${RUNS} runs`);
    assert.ok(disproved > 0.4 * RUNS, `a read showed an unlisted shard in only ${disproved} of ${RUNS} runs`);
  });

  it('A1, S1, W1, C1, C2, P1, P2, P3, G1, G2, G3, G4: every promise is kept when gaps are healed', () => {
    const runs = Math.ceil(RUNS / 2);
    let healed = 0;
    let planned = 0;
    let absent = 0;
    for (let number = FIRST; number < FIRST + runs; number++) {
      const { broken, tally } = run(number, {}, true);
      const alone = `node -r ./tests/load-typescript.cjs tests/model/main.ts 1 ${number} '{}' heals`;
      assert.equal(broken, undefined, `seed ${number}: ${broken}\nAlone: ${alone}`);
      if (tally.healed > 0) healed += 1;
      if (tally.plannedResyncs > 0) planned += 1;
      if (tally.rereadAbsent > 0) absent += 1;
      progress();
    }
    assert.ok(healed > 0.6 * runs, `a heal was published in only ${healed} of ${runs} runs`);
    assert.ok(planned > 0.15 * runs, `a planned resync in only ${planned} of ${runs} runs`);
    assert.ok(absent > 0.02 * runs, `a key read again was gone in only ${absent} of ${runs} runs`);
  });

  for (const [lives, weakenedRules, heals] of [
    ['each weakened rule', WEAKENED, false],
    ['each weakened rule of heals', WEAKENED_HEALS, true],
  ] as const) {
    describe(`detects ${lives}`, () => {
      for (const { rule, weakened, besides = {}, from = 1 } of weakenedRules) {
        it(rule, () => {
          const isNoticed = (number: number) => {
            progress();
            if (run(number, { ...besides, ...weakened }, heals).broken === undefined) return false;
            return run(number, besides, heals).broken === undefined;
          };
          const numbers = Array.from({ length: ENOUGH }, (_, index) => from + index);
          assert.ok(numbers.some(isNoticed), `${ENOUGH} runs did not detect it`);
        });
      }
    });
  }
});
