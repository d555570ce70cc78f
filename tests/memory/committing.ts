import { DuckDBDestination } from '../../runtime/destinations/duckdb/destination';
import { duckdbSettings } from '../../runtime/destinations/duckdb/config';
import { checkpoint, COLUMNS, loadRows, ORDERS, upsert } from '../destinations/conformance/orders';

const ROWS = 10_000;
const TOLD_EVERY = 100;

/** What a process that commits to DuckDB has in memory. */
export interface Memory {
  readonly commits: number;
  readonly residentBytes: number;
}

/** `committing.ts FILE COMMITS`: commits of one change each; tells its parent about every hundredth. */
async function main(): Promise<void> {
  const [path, commits] = process.argv.slice(2) as [string, string];
  const destination = new DuckDBDestination(duckdbSettings(path, { threads: 1 }));
  const store = await destination.lease(ORDERS);
  await store.widen(COLUMNS);
  await store.startGeneration(1, checkpoint('generation 1'));
  await loadRows(
    store,
    Array.from({ length: ROWS }, (_, i) => [String(i), 'loaded']),
  );
  await store.publish(() => checkpoint('published'));
  for (let i = 1; i <= Number(commits); i++) {
    const changes = [upsert(String((i * 7_919) % ROWS), [`changed ${i}`])];
    await store.apply('visible', { columns: COLUMNS, changes }, checkpoint(`${i}`, { 'shard-1': `at ${i}` }));
    if (i % TOLD_EVERY !== 0) continue;
    const memory: Memory = { commits: i, residentBytes: process.memoryUsage.rss() };
    process.send?.(memory);
  }
  await store.release();
  await destination.close();
}

void main();
