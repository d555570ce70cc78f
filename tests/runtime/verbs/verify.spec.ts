import assert from 'node:assert/strict';
import { shareCompared, verdict } from '../../../runtime/verbs/verify';

const report = (rowsCompared: number, keysSkipped: number, differences = 0) => ({
  rowsCompared,
  keysSkipped,
  differences,
  examples: [],
  exportTime: 0,
  exportArn: 'arn',
});

describe('verify: the share of keys compared', () => {
  const cases: readonly (readonly [rows: number, skipped: number, share: number, isPartial: boolean])[] = [
    [0, 0, 1, false],
    [100, 0, 1, false],
    [90, 10, 0.9, false],
    [89, 11, 0.89, true],
    [5, 95, 0.05, true],
    [0, 3, 0, true],
  ];
  for (const [rows, skipped, share, isPartial] of cases) {
    it(`${rows} rows compared and ${skipped} keys skipped are ${share * 100} %, ${isPartial ? 'too few' : 'enough'}`, () => {
      const result = report(rows, skipped);
      assert.equal(shareCompared(result), share);
      const text = verdict({ table: 'orders', result });
      assert.equal(/Only \d+ % of the keys were compared.*--allow-partial/.test(text), isPartial, text);
    });
  }
});
