import { exportCostUsd } from '../cost/costs';
import { dollars } from '../cost/figures';
import { BYTES_A_BILLED_GB, PRICES } from '../cost/prices';
import type { StackFile, TableEntry } from './stack-file';

/** The tables that are replicated from now on and exist already: each begins with an export. */
export function exportedTables(before: StackFile | undefined, after: StackFile): readonly TableEntry[] {
  const known = new Set(before?.tables.map(({ name }) => name));
  return after.tables.filter(({ name, create }) => !known.has(name) && create === undefined);
}

/** One line for each: what its first export costs, once. @param bytes table → its size, as far as it is known */
export function firstExportCosts(
  tables: readonly TableEntry[],
  bytes: ReadonlyMap<string, number>,
  region: string | undefined,
): readonly string[] {
  return tables.map(({ name }) => {
    const size = bytes.get(name);
    const perGb = `${dollars(PRICES.exportGb.usd)} per GB`;
    if (size !== undefined)
      return `Once, the first export of **${name}**: **${dollars(exportCostUsd(size))}** (${gigabytes(size)} GB, ${perGb})`;
    const flags = region === undefined ? '' : ` --region ${region}`;
    return `Once, the first export of **${name}**: ${perGb} of the table; \`npx dynamodb-replicator estimate --table ${name}${flags}\` reads its size`;
  });
}

/** Bytes in the GB that AWS bills. */
export function gigabytes(bytes: number): string {
  return (bytes / BYTES_A_BILLED_GB).toLocaleString('en-US', { maximumFractionDigits: 2 });
}
