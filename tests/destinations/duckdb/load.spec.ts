import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { duckdbSettings } from '../../../runtime/destinations/duckdb/config';
import { DuckDBDestination } from '../../../runtime/destinations/duckdb/destination';
import type { Cell } from '../../../runtime/item/column';
import { skipLoudly } from '../../skip-loudly';
import { full } from '../../tiers/tier';
import {
  attribute,
  begin,
  checkpoint,
  COLUMNS,
  ID,
  INT64,
  deadLetterOf,
  loadRows,
  ORDERS,
  TEXT,
} from '../conformance/orders';
import { openLoad } from '../conformance/rows-load';
import { duckdbFixture, type DuckDBFixture } from '../duckdb-fixture';
import { mountSmallDisk } from './small-disk';

/** Rows of about a megabyte, which DuckDB cannot compress much. */
function largeRows(prefix: string, count: number): readonly (readonly Cell[])[] {
  const text = () => Array.from({ length: 55_000 }, () => Math.random()).join('');
  return Array.from({ length: count }, (_, i) => [`${prefix}${i}`, text()]);
}

describe('destination duckdb: loads', () => {
  let fixture: DuckDBFixture;
  beforeEach(async () => (fixture = await duckdbFixture(2)));
  afterEach(() => fixture.cleanup());

  it('P1: a load accepts rows and dead letters of any size, in several pieces', async () => {
    const store = await begin(fixture);
    // Eleven pieces, of which eight may be on their way.
    const rows = largeRows('row ', 45);
    const load = await openLoad(store, 'shadow', 1, COLUMNS);
    let insertions = 0;
    fixture.onStatement((statement) => {
      if (statement.startsWith('INSERT INTO "replica"."main"."__r_loading_1"')) insertions++;
    });
    for (const row of rows) await load.append([row], [deadLetterOf(`letter of ${String(row[0])}`)]);
    const item = `{"id":{"S":"${'x'.repeat(400_000)}"}}`;
    for (let i = 0; i < 30; i++) await load.append([], [deadLetterOf(`large letter ${i}`, item)]);
    assert.ok(insertions >= 3, `${insertions} before the commit`);
    await load.commit([{ file: 'file', items: 120 }]);
    const published = await store.publish(() => checkpoint('published'));
    assert.deepEqual(published, { rows: 45, written: 45, deadLetters: 75 });
    const found = new Map((await fixture.rows(ORDERS)).map(({ cells }) => [cells['id'], cells['value']]));
    assert.deepEqual(found, new Map(rows.map(([id, value]) => [id as Cell, value as Cell])));
    assert.equal(
      (await fixture.deadLetters(ORDERS)).filter((deadLetter) => deadLetter.item === item).length,
      30,
    );
  });

  it('P1: a piece that fails while the next one is collected fails the whole load', async () => {
    const store = await begin(fixture);
    await loadRows(store, [['kept', '1']]);
    const before = await fixture.dump();
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    try {
      const rows = largeRows('row ', 30);
      for (const failing of [1, 2, 3]) {
        let insertions = 0;
        fixture.onStatement((statement) => {
          if (
            statement.startsWith('INSERT INTO "replica"."main"."__r_loading_1"') &&
            ++insertions === failing
          ) {
            throw new Error('broken off');
          }
        });
        const load = await openLoad(store, 'shadow', 1, COLUMNS);
        await assert.rejects(async () => {
          for (const row of rows) await load.append([row]);
          await load.commit([{ file: 'file', items: 30 }]);
        }, /broken off/);
        await load.rollback().catch((error: unknown) => assert.match(String(error), /has ended/));
        fixture.onStatement(undefined);
        assert.equal(await fixture.dump(), before);
      }
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(unhandled, []);
    } finally {
      process.off('unhandledRejection', onUnhandled);
    }
    await loadRows(store, [['a', '2']], { file: 'another' });
    assert.equal((await store.publish(() => checkpoint('published'))).rows, 2);
  });

  it('gives DuckDB less memory while loads are open, and all of it again after the last one', async () => {
    const given = async () => {
      const sql = `SELECT current_setting('threads'), current_setting('memory_limit')`;
      return (await fixture.destination.query(sql)).rows[0];
    };
    const [all, less] = [
      ['2', '255.5 MiB'],
      ['1', '153.5 MiB'],
    ];
    const store = await begin(fixture);
    assert.deepEqual(await given(), all);
    const loads = [await openLoad(store, 'shadow', 1, COLUMNS), await openLoad(store, 'shadow', 1, COLUMNS)];
    assert.deepEqual(await given(), less);
    await loads[0]!.commit([]);
    assert.deepEqual(await given(), less);
    await loads[1]!.rollback();
    assert.deepEqual(await given(), all);
  });

  full.it('loads the default maximum of columns in the default memory', async () => {
    const columns = [
      ID,
      ...Array.from({ length: 299 }, (_, i) => attribute(`column ${i}`, i % 2 ? TEXT : INT64)),
    ];
    const store = await begin(fixture, ORDERS, columns);
    const load = await openLoad(store, 'shadow', 1, columns);
    const count = 25_000;
    for (let start = 0; start < count; start += 5_000) {
      const rows = Array.from({ length: 5_000 }, (_, i) => [
        `row ${start + i}`,
        ...columns.slice(1).map((_, c) => ((start + i + c) % 3 === 0 ? `${(start + i) * c}` : null)),
      ]);
      await load.append(rows);
    }
    await load.commit([{ file: 'file', items: count }]);
    assert.equal((await store.publish(() => checkpoint('published'))).rows, count);
  });
});

describe('destination duckdb: a load on a full disk', () => {
  it('loses nothing, and continues when there is space', async function () {
    const folder = await mkdtemp(join(tmpdir(), 'replicator-duckdb-'));
    const unmount = mountSmallDisk(folder, 40);
    if (unmount === undefined) skipLoudly(this, 'a full disk needs the right to mount a tmpfs');
    const full = new DuckDBDestination(duckdbSettings(join(folder, 'full.duckdb')));
    try {
      const store = await begin({ destination: full } as Partial<DuckDBFixture> as DuckDBFixture);
      const filler = join(folder, 'filler');
      await writeFile(filler, Buffer.alloc(28 * 1024 * 1024));
      const rows = largeRows('row ', 20);
      for (let attempt = 0; attempt < 3; attempt++) {
        await assert.rejects(
          async () => {
            const load = await openLoad(store, 'shadow', 1, COLUMNS);
            try {
              for (const row of rows) await load.append([row]);
            } catch (error) {
              await load.rollback();
              throw error;
            }
            await load.commit([{ file: 'file', items: rows.length }]);
          },
          (error) => {
            assert.ok(error instanceof Error && 'kind' in error, String(error));
            assert.equal(error.kind, 'retry', error.message);
            assert.match(error.message, /space|commit/);
            return true;
          },
        );
      }
      await rm(filler);
      assert.deepEqual(await store.readLedger('shadow'), []);
      await loadRows(store, rows.slice(0, 10));
      assert.equal((await store.publish(() => checkpoint('published'))).rows, 10);
    } finally {
      await full.close();
      unmount();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
