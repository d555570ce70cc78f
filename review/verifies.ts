import { DEFAULT_EXPORT_DAYS, verifiesAMonth, verifyCosts } from '../cost/costs';
import { dollars } from '../cost/figures';
import { BYTES_A_BILLED_GB, PRICES } from '../cost/prices';
import { verifyIntervalMs } from '../infra/plan/verify-interval';
import { gigabytes } from './first-exports';
import type { StackFile, TableEntry } from './stack-file';

/** What scheduled verifies cost from now on, where that changes. `estimate` has the same prices. */

/** The tables that are verified on a schedule from now on, or on another one. */
export function verifiedTables(before: StackFile | undefined, after: StackFile): readonly TableEntry[] {
  const isSame = before !== undefined && priceOf(before) === priceOf(after);
  const known = new Set(isSame ? before.tables.map(({ name }) => name) : []);
  return verifyEvery(after) === undefined ? [] : after.tables.filter(({ name }) => !known.has(name));
}

/** One line for each of them: its price a month. @param bytes table → its size, as far as it is known */
export function verifyPrices(
  before: StackFile | undefined,
  after: StackFile,
  bytes: ReadonlyMap<string, number>,
): readonly string[] {
  const every = verifyEvery(after);
  const verifyEveryMs = verifyIntervalMs(every);
  if (verifyEveryMs === undefined) {
    const ends = before !== undefined && verifyIntervalMs(verifyEvery(before)) !== undefined;
    return ends ? ['Scheduled verifies, and their exports, end'] : [];
  }
  const often = Number(verifiesAMonth(verifyEveryMs).toFixed(1));
  const perGb = `${dollars(priceOf(after))} per GB`;
  return verifiedTables(before, after).map(({ name, create }) => {
    const what = `Per month, ${often} verifies of **${name}**`;
    const size = bytes.get(name);
    if (size !== undefined)
      return `${what}: **${dollars(usdOf(after, name, size))}** (${gigabytes(size)} GB, ${perGb})`;
    if (create !== undefined) return `${what}: ${perGb} of the table`;
    const flags = after.region === undefined ? '' : ` --region ${after.region}`;
    return `${what}: ${perGb} of the table; \`npx dynamodb-replicator estimate --table ${name} --verify-every ${every}${flags}\` reads its size`;
  });
}

/** US dollars a month for a table of one GB. */
function priceOf(file: StackFile): number {
  return usdOf(file, '', BYTES_A_BILLED_GB);
}

function usdOf(file: StackFile, name: string, sizeBytes: number): number {
  const { expirationDays: exportDays = DEFAULT_EXPORT_DAYS } = (file.settings['exportBucket'] ?? {}) as {
    readonly expirationDays?: number;
  };
  const verifyEveryMs = verifyIntervalMs(verifyEvery(file));
  const costs = verifyCosts({ name, sizeBytes }, { exportDays, verifyEveryMs }, PRICES);
  return costs.reduce((sum, { usd }) => sum + usd, 0);
}

function verifyEvery({ settings }: StackFile): string | undefined {
  return (settings['settings'] as { readonly verify?: { readonly every?: string } } | undefined)?.verify
    ?.every;
}
