import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runHeals } from '../../bench/heals';
import { createDatabase, requirePostgres } from '../postgres-server';

const ROWS = 3_000;
const CHANGED = 300;

describe('bench: closing a gap', () => {
  const { NODE_OPTIONS } = process.env;
  let folder: string;
  before(requirePostgres);
  before(async () => {
    process.env.NODE_OPTIONS = `-r ${resolve('tests/load-typescript.cjs')}`;
    folder = await mkdtemp(join(tmpdir(), 'replicator-heals-'));
  });
  after(async () => {
    if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = NODE_OPTIONS;
    await rm(folder, { recursive: true, force: true });
  });

  it('measures a heal and a full resync of the same table in both databases, each equal to the source in the end', async () => {
    const results = await runHeals({
      folder,
      seed: 1,
      healTables: [{ rows: ROWS, changes: [CHANGED], resynced: CHANGED }],
      database: async () => {
        const { url, drop } = await createDatabase();
        return { url, drop };
      },
      tell: () => undefined,
    });
    assert.deepEqual(
      results.map(({ engine, way, rows, changed, exports }) => [engine, way, rows, changed, exports]),
      ['duckdb', 'postgres'].flatMap((engine) => [
        [engine, 'heal', ROWS, CHANGED, 2],
        [engine, 'resync', ROWS, CHANGED, 1],
      ]),
    );
    for (const { way, items, written, billedBytes, rereadKeys, readUnits, findMs, publishMs } of results) {
      assert.ok(publishMs > 0);
      if (way === 'resync') {
        assert.ok(items >= ROWS * 0.99, 'it loads the table');
        assert.deepEqual([rereadKeys, readUnits, findMs], [0, 0, 0]);
      } else {
        // A key that is inserted and deleted in the gap has no line, and one that changes around the seam has two.
        assert.ok(items > 0 && items <= CHANGED * 1.1, `${items} lines`);
        assert.ok(written > 0 && written <= CHANGED * 1.1, `${written} rows`);
        assert.equal(billedBytes, 20_000_000, 'the least for two exports');
        assert.ok(findMs > 0);
      }
    }
  });
});
