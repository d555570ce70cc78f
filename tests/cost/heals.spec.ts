import assert from 'node:assert/strict';
import { exportCostUsd } from '../../cost/costs';
import { type HealSize, healCostUsd, LEAST_BILLED_BYTES } from '../../cost/heals';
import { PRICES } from '../../cost/prices';

const GB = 2 ** 30;
const nothing: HealSize = { changedBytes: 0, windows: 0, rereadKeys: 0, itemBytes: 0 };

describe('the cost of a heal', () => {
  const rows: readonly (readonly [what: string, size: Partial<HealSize>, usd: number])[] = [
    ['nothing', {}, 0],
    ['a GB of changes', { changedBytes: GB, windows: 1 }, 0.1],
    ['a window without changes: 10 MB', { windows: 1 }, 0.000931],
    ['a window with fewer changes than 10 MB', { changedBytes: 9_999_999, windows: 1 }, 0.000931],
    ['a window with more changes than 10 MB', { changedBytes: 20_000_000, windows: 1 }, 0.001863],
    ['35 days of windows without changes', { windows: 36 }, 0.033528],
    ['35 days with a GB of changes, more than 10 MB a day', { changedBytes: GB, windows: 36 }, 0.1],
    ['a million keys of small items', { rereadKeys: 1_000_000, itemBytes: 100 }, 0.125],
    ['a million keys of items of unknown size', { rereadKeys: 1_000_000 }, 0.125],
    ['a million keys of items of 4 KB', { rereadKeys: 1_000_000, itemBytes: 4_096 }, 0.125],
    ['a million keys of items a byte larger', { rereadKeys: 1_000_000, itemBytes: 4_097 }, 0.25],
    ['a million keys of items of 400 KB', { rereadKeys: 1_000_000, itemBytes: 409_600 }, 12.5],
    [
      'changes and keys',
      { changedBytes: 10 * GB, windows: 2, rereadKeys: 2_000_000, itemBytes: 5_000 },
      1 + 0.5,
    ],
  ];
  for (const [what, size, usd] of rows) {
    it(`${what}: $${usd}`, () => {
      assert.equal(healCostUsd({ ...nothing, ...size }).toFixed(6), usd.toFixed(6));
    });
  }

  it('uses the given prices', () => {
    const size = { changedBytes: GB, windows: 1, rereadKeys: 1_000_000, itemBytes: 1 };
    const own = (usd: number) => ({ usd, per: 'unit', source: 'own' });
    const prices = { ...PRICES, incrementalExportGb: own(3), readUnits: own(4) };
    assert.equal(healCostUsd(size, prices), 7);
  });

  it('is a small part of a full export’s when a small part of a large table has changed', () => {
    const tableBytes = 1_000 * GB;
    const changedBytes = tableBytes / 100;
    const healed = healCostUsd({ changedBytes, windows: 2, rereadKeys: 1_000_000, itemBytes: 1_000 });
    assert.ok(healed < exportCostUsd(tableBytes) / 50, String(healed));
  });

  it('is never less than the minimum of each export', () => {
    assert.equal(LEAST_BILLED_BYTES, 10_000_000);
    for (const windows of [1, 2, 36])
      assert.equal(healCostUsd({ ...nothing, windows }), windows * healCostUsd({ ...nothing, windows: 1 }));
  });
});
