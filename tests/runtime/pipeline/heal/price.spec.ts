import assert from 'node:assert/strict';
import { BYTES_A_BILLED_GB, PRICES } from '../../../../cost/prices';
import { counted } from '../../../../runtime/pipeline/heal/change-rate';
import { healPriceUsd } from '../../../../runtime/pipeline/heal/price';

const HOUR = 3_600_000;
const NOW = Date.UTC(2026, 0, 5, 12);
const GB_USD = PRICES.incrementalExportGb.usd / BYTES_A_BILLED_GB;

/** @param anHour changes an hour before the gap */
function priceUsd(hours: number, anHour: number, itemBytes: number): number {
  const since = NOW - hours * HOUR;
  let changeRate = counted(undefined, 0, since - 48 * HOUR);
  for (let at = since - 48 * HOUR; at <= since; at += 60_000)
    changeRate = counted(changeRate, anHour / 60, at);
  return healPriceUsd({ changeRate }, since, NOW, { itemCount: 10, sizeBytes: 10 * itemBytes });
}

describe('pipeline/heal/price', () => {
  it('G3: is in proportion to the changes during the gap, with both images of each', () => {
    const expected = 30 * 1_000_000 * 1_000 * 2 * GB_USD;
    assert.ok(Math.abs(priceUsd(30, 1_000_000, 1_000) / expected - 1) < 0.02);
  });

  it('G3: is at least that of 10 MB for each of the exports', () => {
    assert.equal(priceUsd(30, 0, 1_000), 2 * 10_000_000 * GB_USD);
    assert.equal(
      healPriceUsd({}, NOW - 80 * HOUR, NOW, { itemCount: 0, sizeBytes: 0 }),
      4 * 10_000_000 * GB_USD,
    );
  });
});
