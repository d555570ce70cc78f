import assert from 'node:assert/strict';
import { isReadAgain, planHeal } from './heal';
import { RULES, type Rules } from './rules';
import { DAY, HOUR, MINUTE, SECOND } from './times';

/** A whole minute. */
const NOON = Date.UTC(2026, 0, 5, 12);
const FUZZ = [-MINUTE, -30 * SECOND, 0, 30 * SECOND, MINUTE];

/** Each second of two hours, with some milliseconds. */
function* instants(from: number, to: number): Generator<number> {
  for (let time = from; time <= to; time += SECOND) for (const ms of [0, 1, 999]) yield time + ms;
}

/** An item that was inserted where a heal begins and deleted later: no window may have a line for it. */
function isFound(insertedAt: number, cut: number, time: number | undefined, rules: Rules): boolean {
  const heal = planHeal(NOON, NOON + 30 * HOUR, DAY, rules);
  // Existed when the window began, so its delete has a line.
  if (insertedAt < heal.from + cut) return true;
  const completeFrom = NOON - 62 * SECOND;
  return isReadAgain({ row: { time }, lines: [], isChanged: false }, heal, completeFrom, rules);
}

/** Whether every stale row is found, whenever it was inserted and however the first window was cut. */
function findsEach(times: 'of records' | 'of an export', rules: Rules): boolean {
  for (const insertedAt of instants(NOON - 10 * MINUTE, NOON - 3 * MINUTE)) {
    const time = times === 'of records' ? Math.floor(insertedAt / SECOND) * SECOND : undefined;
    if (!FUZZ.every((cut) => isFound(insertedAt, cut, time, rules))) return false;
  }
  return true;
}

/** A line of the first window shows an item, and the second has none: deleted near the edge, or not at all. */
function findsEachAtEdge(rules: Rules): boolean {
  const heal = planHeal(NOON, NOON + 30 * HOUR, DAY, rules);
  const [first, second] = heal.windows;
  for (const at of instants(second!.from - 5 * MINUTE, first!.to + 5 * MINUTE)) {
    for (const [end, start] of FUZZ.flatMap((a) =>
      FUZZ.map((b) => [first!.to + a, second!.from + b] as const),
    )) {
      // Only an item that is in the first window, and new in the second, can be deleted without a line.
      if (at >= end || at < start) continue;
      const write = { id: 0, key: 0, index: 0, deletes: false, at, createdAt: at, readableAt: at };
      const known = { row: undefined, lines: [{ key: 0, last: write }, undefined], isChanged: false };
      if (!isReadAgain(known, heal, NOON, rules)) return false;
    }
  }
  return true;
}

describe('model of a heal', () => {
  it('G3: windows are of 15 minutes to 24 hours, reach from before L to U, and overlap', () => {
    for (const hours of [0, 0.1, 0.25, 1, 7.9, 8, 8.2, 24, 24.1, 47.9, 48, 100, 35 * 24]) {
      for (const longest of [8 * HOUR, DAY]) {
        const until = NOON + hours * HOUR;
        const { from, windows } = planHeal(NOON, until, longest, RULES);
        assert.equal(windows[0]?.from, from);
        assert.equal(windows.at(-1)?.to, until);
        assert.ok(from <= NOON - 5 * MINUTE);
        for (const [index, { from: start, to }] of windows.entries()) {
          assert.ok(to - start >= 15 * MINUTE && to - start <= longest, `${to - start} ms`);
          const next = windows[index + 1];
          if (next) assert.ok(to - next.from >= 3 * MINUTE, 'they overlap');
        }
      }
    }
  });

  for (const times of ['of records', 'of an export'] as const) {
    it(`G3: every stale row with a time ${times} is read again`, () => {
      assert.ok(findsEach(times, RULES));
      const weakened = times === 'of records' ? { rereadReachMs: 59 * SECOND } : { rereadTimeless: false };
      assert.ok(!findsEach(times, { ...RULES, ...weakened }), 'the weakened rule is not noticed');
    });
  }

  it('G3: every stale row at the edge of two windows is read again', () => {
    assert.ok(findsEachAtEdge(RULES));
    assert.ok(!findsEachAtEdge({ ...RULES, rereadEdges: false }), 'the weakened rule is not noticed');
    assert.ok(!findsEachAtEdge({ ...RULES, rereadReachMs: -MINUTE }), 'the weakened rule is not noticed');
  });
});
