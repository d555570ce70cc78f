import assert from 'node:assert/strict';
import { BYTES_A_BILLED_GB, PRICES } from '../../../../cost/prices';
import { counted } from '../../../../runtime/pipeline/heal/change-rate';
import { healPriceUsd } from '../../../../runtime/pipeline/heal/price';
import { healFrom } from '../../../../runtime/pipeline/heal/windows';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 5, 12);
const GB_USD = PRICES.incrementalExportGb.usd / BYTES_A_BILLED_GB;

const READ_USD = PRICES.readUnits.usd / 1_000_000;

/** Of a table whose last published export is old. @param anHour changes an hour before the gap */
function priceUsd(hours: number, anHour: number, itemBytes: number, itemCount = 10): number {
  const since = NOW - hours * HOUR;
  let changeRate = counted(undefined, 0, since - 48 * HOUR);
  for (let at = since - 48 * HOUR; at <= since; at += 60_000)
    changeRate = counted(changeRate, anHour / 60, at);
  const published = { generation: 1, at: since - 40 * HOUR, exportTime: since - 41 * HOUR };
  return healPriceUsd({ changeRate, published }, since, NOW, { itemCount, sizeBytes: itemCount * itemBytes });
}

describe('pipeline/heal/price', () => {
  it('G3: is in proportion to the changes during the gap, with both images of each', () => {
    const expected = 30 * 1_000_000 * 1_000 * 2 * GB_USD;
    assert.ok(Math.abs(priceUsd(30, 1_000_000, 1_000) / expected - 1) < 0.02);
  });

  it('G3: is at least that of 10 MB for each of the exports', () => {
    assert.equal(priceUsd(30, 0, 1_000), 2 * 10_000_000 * GB_USD);
    assert.equal(
      healPriceUsd({ published: undefined }, NOW - 80 * HOUR, NOW, { itemCount: 0, sizeBytes: 0 }),
      4 * 10_000_000 * GB_USD,
    );
  });

  it('G3: with an unknown rate it is that of an export of the whole table, and of reading all its keys', () => {
    const itemCount = 300_000_000;
    const published = { generation: 1, at: 0, exportTime: 0 };
    const actual = healPriceUsd({ published }, NOW - 30 * HOUR, NOW, {
      itemCount,
      sizeBytes: itemCount * 1_000,
    });
    assert.equal(actual, itemCount * 1_000 * GB_USD + itemCount * READ_USD);
  });

  it('G3: reads all keys if the last published export is not older than the heal', () => {
    const since = NOW - 30 * HOUR;
    const changeRate = counted(counted(undefined, 0, since - 48 * HOUR), 0, since);
    const itemCount = 1_000_000;
    const table = { itemCount, sizeBytes: itemCount * 5_000 };
    const readsUsd = (exportTime: number) =>
      healPriceUsd({ changeRate, published: { generation: 1, at: since, exportTime } }, since, NOW, table) -
      2 * 10_000_000 * GB_USD;
    const start = healFrom(since) - 61_000;
    assert.ok(Math.abs(readsUsd(start + 1) - itemCount * 2 * READ_USD) < 1e-9, 'each of more than 4 KB');
    assert.equal(readsUsd(start), 0);
  });

  it('G3: reads as many keys as changed at the start of the heal and at the edges of its windows, and no more than there are', () => {
    const anHour = 3_600_000;
    const exportsUsd = 30 * anHour * 10 * 2 * GB_USD;
    const keys = (priceUsd(30, anHour, 10, 100_000_000) - exportsUsd) / READ_USD;
    // 361 s before L, and 304 s around the one edge; the rate is a mean that forgets.
    assert.ok(keys > 1_000 * (361 + 304) * 0.9 && keys < 1_000 * (421 + 304) * 1.2, String(keys));
    assert.ok(priceUsd(30, anHour, 10, 1_000) - exportsUsd < 1_100 * READ_USD + exportsUsd * 0.02);
  });
});
