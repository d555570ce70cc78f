import { BYTES_A_BILLED_GB, PRICES, type Prices } from './prices';

/** The cost of healing a gap. Pure. */

/** What a heal exports and reads. */
export interface HealSize {
  /** Bytes of change data in all windows together. */
  readonly changedBytes: number;
  /** Number of incremental exports. */
  readonly windows: number;
  /** Keys that are read again, each on its own. */
  readonly rereadKeys: number;
  /** Mean size of an item: a read is billed for the whole item, even if it returns only the key. */
  readonly itemBytes: number;
}

/** What AWS bills for an incremental export at least. Source: an AWS manifest of a nearly empty window has `billedSizeBytes` 10000000. */
export const LEAST_BILLED_BYTES = 10_000_000;

/** Size that a read unit covers. Source: DynamoDB Developer Guide, "DynamoDB throughput capacity": a consistent read of up to 4 KB. */
const BYTES_A_READ_UNIT = 4_096;
const UNITS_A_PRICE = 1_000_000;

/**
 * The price of a heal, in US dollars, if changes were as frequent in each window. Reads are priced as those of an on-demand table; with
 * provisioned capacity they cost nothing extra. S3 bills requests and storage separately.
 */
export function healCostUsd(
  { changedBytes, windows, rereadKeys, itemBytes }: HealSize,
  prices: Prices = PRICES,
): number {
  const billedBytes = Math.max(changedBytes, windows * LEAST_BILLED_BYTES);
  const unitsAKey = Math.max(1, Math.ceil(itemBytes / BYTES_A_READ_UNIT));
  return (
    (billedBytes / BYTES_A_BILLED_GB) * prices.incrementalExportGb.usd +
    ((rereadKeys * unitsAKey) / UNITS_A_PRICE) * prices.readUnits.usd
  );
}
