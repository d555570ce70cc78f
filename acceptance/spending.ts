import { exportCostUsd } from '../cost/costs';
import { LEAST_BILLED_BYTES } from '../cost/heals';
import { BYTES_A_BILLED_GB, PRICES, type Prices } from '../cost/prices';
import type { Check, Spending } from './check';

/** What the checks of a run cost. Pure. */

/** Of a check that does not say it. */
const ORDINARY: Required<Spending> = { exports: 0, incrementalExports: 0, streamReads: 5_000 };
const READS_A_PRICE = 100_000;

/**
 * Dollars at list prices. Tables of the checks are tiny: each full export is priced like the least that AWS bills for an incremental
 * one. Requests of other kinds, storage and recovery come to cents.
 */
export function costOf(checks: readonly Pick<Check, 'spends'>[], prices: Prices = PRICES): number {
  return checks.reduce((sum, { spends }) => {
    const { exports, incrementalExports, streamReads } = { ...ORDINARY, ...spends };
    return (
      sum +
      exports * exportCostUsd(LEAST_BILLED_BYTES, prices) +
      incrementalExports * (LEAST_BILLED_BYTES / BYTES_A_BILLED_GB) * prices.incrementalExportGb.usd +
      (streamReads / READS_A_PRICE) * prices.getRecords.usd
    );
  }, 0);
}
