import { exportCostUsd } from '../cost/costs';
import { LEAST_BILLED_BYTES } from '../cost/heals';
import { BYTES_A_BILLED_GB, PRICES, type Prices } from '../cost/prices';
import type { Check, Mode, Spending } from './check';

/** What the checks of a run cost. Pure. */

/** Most of what a check spends that does not say it. Those of an experiment that several checks share are counted several times. */
const ORDINARY: Readonly<Record<Mode, Required<Spending>>> = {
  quick: { exports: 1, incrementalExports: 1, streamReads: 5_000 },
  long: { exports: 1, incrementalExports: 0, streamReads: 400_000 },
  ttl: { exports: 0, incrementalExports: 0, streamReads: 400_000 },
};
const READS_A_PRICE = 100_000;

/**
 * Dollars at list prices. Tables of the checks are tiny: each full export is priced like the least that AWS bills for an incremental
 * one. Requests of other kinds, storage and recovery come to cents.
 */
export function costOf(checks: readonly Pick<Check, 'mode' | 'spends'>[], prices: Prices = PRICES): number {
  return checks.reduce((sum, { mode, spends }) => {
    const { exports, incrementalExports, streamReads } = { ...ORDINARY[mode], ...spends };
    return (
      sum +
      exports * exportCostUsd(LEAST_BILLED_BYTES, prices) +
      incrementalExports * (LEAST_BILLED_BYTES / BYTES_A_BILLED_GB) * prices.incrementalExportGb.usd +
      (streamReads / READS_A_PRICE) * prices.getRecords.usd
    );
  }, 0);
}
