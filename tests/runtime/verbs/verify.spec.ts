import assert from 'node:assert/strict';
import { shareCompared, verdict } from '../../../runtime/verbs/verify';

const WHOLE = { files: 4, filesTotal: 4, items: 100, itemsTotal: 100 };

const report = (rowsCompared: number, keysSkipped: number, differences = 0, coverage = WHOLE) => ({
  rowsCompared,
  keysSkipped,
  differences,
  examples: [],
  exportTime: 0,
  exportArn: 'arn',
  coverage,
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

describe('verify: the coverage of a sample', () => {
  const SAMPLE = { files: 1, filesTotal: 4, items: 1_025, itemsTotal: 4_100 };

  it('is in the text, with what a sample cannot find', () => {
    const text = verdict({ table: 'orders', result: report(1_025, 0, 0, SAMPLE) });
    assert.equal(
      text,
      'orders: 1,025 rows compared, 0 differences\n' +
        '  A sample: 1 of 4 files of the export, 1,025 of 4,100 items. A sample does not find rows that only the destination has.\n',
    );
  });

  it('is left out when every item was compared, or by a replicator of an older version', () => {
    const { coverage: _, ...older } = report(100, 0);
    for (const result of [report(100, 0), report(100, 0, 0, { ...WHOLE, files: 3 }), older])
      assert.equal(
        verdict({ table: 'orders', result: result as ReturnType<typeof report> }),
        'orders: 100 rows compared, 0 differences\n',
      );
  });
});
