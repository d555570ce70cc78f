import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  nextVerify,
  spreadOf,
  verifyBegan,
  verifyFailed,
  verifyFinished,
  type VerifyRecord,
} from '../../../runtime/pipeline/verify-schedule';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 30);
const outcome = (at: number) => ({
  at,
  differences: 0,
  rowsCompared: 1,
  keysSkipped: 0,
  coverage: { files: 1, filesTotal: 1, items: 1, itemsTotal: 1 },
});
const finished = verifyFinished(outcome(NOW));
const failedTimes = (count: number) => {
  let record: VerifyRecord = finished;
  for (let i = 0; i < count; i++) record = verifyFailed(verifyBegan(record, NOW - HOUR), NOW);
  return record;
};
const interruptedTimes = (count: number) => {
  let record: VerifyRecord = finished;
  for (let i = 0; i < count; i++) record = verifyBegan(record, NOW);
  return record;
};

describe('the schedule of verifies', () => {
  type Case = readonly [
    what: string,
    everyMs: number,
    record: VerifyRecord | undefined,
    spread: number,
    after: number,
  ];
  const cases: readonly Case[] = [
    ['the first, of a table without a spread', 7 * DAY, undefined, 0, 3.5 * DAY],
    [
      'the first, of a table with almost the largest spread',
      7 * DAY,
      undefined,
      0.999,
      7 * DAY - 0.0035 * DAY,
    ],
    ['after a result', 7 * DAY, finished, 0, 7 * DAY],
    ['after a result, with half of the spread', 10 * DAY, finished, 0.5, 9.5 * DAY],
    ['after a failure', 7 * DAY, failedTimes(1), 0.5, 7 * DAY],
    ['after many failures', 7 * DAY, failedTimes(9), 0.5, 7 * DAY],
    ['after a failure of an hourly one', HOUR, failedTimes(1), 0.5, HOUR],
    ['after three failures of an hourly one', HOUR, failedTimes(3), 0.5, 4 * HOUR],
    ['after many failures of an hourly one', HOUR, failedTimes(60), 0.5, DAY],
    ['after an interruption', 7 * DAY, interruptedTimes(1), 0.5, HOUR],
    ['after the third interruption', 7 * DAY, interruptedTimes(3), 0.5, 4 * HOUR],
    ['after many interruptions', 7 * DAY, interruptedTimes(2_000), 0.5, DAY],
    ['after many interruptions of an hourly one', HOUR, interruptedTimes(9), 0.5, HOUR],
    [
      'after an interruption that follows a failure',
      7 * DAY,
      verifyBegan(failedTimes(1), NOW),
      0.5,
      2 * HOUR,
    ],
  ];
  for (const [what, everyMs, record, spread, after] of cases) {
    it(`is due ${after / HOUR} h later: ${what}`, () => {
      const times = { publishedAt: NOW, runningSince: NOW - 60 * DAY };
      assert.equal(nextVerify({ everyMs, spread }, record, times) - NOW, after);
    });
  }

  it('counts only what came after the last result', () => {
    assert.deepEqual(verifyFinished(outcome(NOW)).unfinished, undefined);
    const { last, unfinished } = failedTimes(2);
    assert.deepEqual([last, unfinished], [finished.last, { count: 2, at: NOW, failed: true }]);
  });

  it('lets overdue tables wait for up to an hour after a start, each for another time', () => {
    const due = (spread: number, everyMs: number) =>
      nextVerify({ everyMs, spread }, finished, { publishedAt: NOW, runningSince: NOW + 90 * DAY }) -
      (NOW + 90 * DAY);
    assert.deepEqual([due(0, 7 * DAY), due(0.5, 7 * DAY), due(0.5, HOUR)], [0, HOUR / 2, HOUR / 20]);
  });

  const tables = fc.uniqueArray(fc.string({ minLength: 3, maxLength: 20 }), { minLength: 50, maxLength: 50 });
  it('does not verify many tables of one publish at the same time', () => {
    fc.assert(
      fc.property(tables, (names) => {
        const due = names
          .map((name) => spreadOf(`123456789012/eu-west-1/${name}`))
          .map((spread) =>
            nextVerify({ everyMs: 7 * DAY, spread }, undefined, { publishedAt: NOW, runningSince: NOW }),
          )
          .sort((one, other) => one - other);
        assert.ok((due.at(-1) ?? 0) - (due[0] ?? 0) > DAY, 'they are within a day');
        for (let i = 10; i < due.length; i++) assert.ok(due[i]! - due[i - 10]! > HOUR, 'ten within an hour');
      }),
      { numRuns: 50, seed: 7 },
    );
  });

  it('is due in the last tenth of the interval after a result', () => {
    const record = fc.nat(100 * DAY);
    fc.assert(
      fc.property(
        fc.integer({ min: HOUR, max: 90 * DAY }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        record,
        (everyMs, spread, at) => {
          const next = nextVerify({ everyMs, spread }, verifyFinished(outcome(at)), {
            publishedAt: 0,
            runningSince: 0,
          });
          assert.ok(next - at <= Math.max(everyMs, HOUR) && next - at >= 0.9 * everyMs - 1);
        },
      ),
    );
  });

  it('has a spread from 0 up to 1, the same for a pipeline each time', () => {
    for (let i = 0; i < 100; i++) {
      const spread = spreadOf(`pipeline ${i}`);
      assert.ok(spread >= 0 && spread < 1);
      assert.equal(spread, spreadOf(`pipeline ${i}`));
    }
  });
});
