import { DuckDBDestination } from '../../runtime/destinations/duckdb/destination';
import { duckdbSettings } from '../../runtime/destinations/duckdb/config';
import { checkpoint, COLUMNS, loadRows, ORDERS, upsert } from '../destinations/conformance/orders';

const ROWS = 10_000;
const TOLD_EVERY = 100;

/** Memory of a process that commits to DuckDB. */
export interface Memory {
  readonly commits: number;
  readonly residentBytes: number;
}

/** `committing.ts FILE COMMITS`: makes commits of one change each, and reports every hundredth to its parent. */
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
