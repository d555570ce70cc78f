import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  DestinationTableTaken,
  DestinationUnavailable,
  DestinationUnusable,
} from '../../../runtime/destinations/errors';
import { duckdbDialect } from '../../../runtime/destinations/duckdb/dialect';
import { openLoad } from '../conformance/rows-load';
import {
  attribute,
  begin,
  bury,
  checkpoint,
  COLUMNS,
  ID,
  INT64,
  JSON_TYPE,
  loadRows,
  numberType,
  ORDERS,
  published,
  SOFT_ORDERS,
  upsert,
} from '../conformance/orders';
import { duckdbFixture, type DuckDBFixture } from '../duckdb-fixture';

describe('destination duckdb: its own promises', () => {
  let fixture: DuckDBFixture;
  beforeEach(async () => (fixture = await duckdbFixture()));
  afterEach(() => fixture.cleanup());

  it('V1: a verify finds a second row of a key that somebody inserted; a sample only if it holds that key', async () => {
    const store = await published(fixture, [
      ['in the sample', '1'],
      ['outside', '1'],
    ]);
    await fixture.sql('INSERT INTO orders SELECT * FROM orders');
    await store.startVerify();
    const load = await openLoad(store, 'verify', 1, COLUMNS);
    await load.append([['in the sample', '1']]);
    await load.commit([]);
    assert.deepEqual(await store.compare(10, undefined, 'sample'), {
      rowsCompared: 2,
      keysSkipped: 0,
      differences: 1,
      examples: [{ key: { id: 'in the sample' }, difference: 'missing in the source', columns: [] }],
    });
  });

  it('takes the narrowest exact type for each column', async () => {
    const columns = [
      ID,
      attribute('int64', INT64),
      attribute('whole', numberType(20, 0)),
      attribute('money', numberType(20, 2)),
      attribute('digits', numberType(30, 9)),
      attribute('json', JSON_TYPE),
      attribute('binary', { kind: 'binary' }),
      attribute('boolean', { kind: 'boolean' }),
    ];
    await published(fixture, [], SOFT_ORDERS, columns);
    const described = await fixture.sql('DESCRIBE orders');
    assert.deepEqual(
      described.map((row) => [row['column_name'], row['column_type']]),
      [
        ['id', 'VARCHAR'],
        ['int64', 'BIGINT'],
        ['whole', 'DECIMAL(38,0)'],
        ['money', 'DECIMAL(38,2)'],
        ['digits', 'VARCHAR'],
        ['json', 'JSON'],
        ['binary', 'BLOB'],
        ['boolean', 'BOOLEAN'],
        ['__source_time', 'TIMESTAMP'],
        ['__deleted', 'BOOLEAN'],
      ],
    );
  });

  it('shows the time of a change in UTC', async () => {
    const store = await published(fixture, []);
    const changes = [upsert('a', ['1'], Date.UTC(2026, 0, 2, 3, 4, 5))];
    await store.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied'));
    const result = await fixture.destination.query('SELECT __source_time, id, NULL AS nothing FROM orders');
    assert.deepEqual(result, {
      columns: ['__source_time', 'id', 'nothing'],
      rows: [['2026-01-02 03:04:05', 'a', null]],
    });
  });

  it('converts texts to JSON that its JSON functions can read', async () => {
    const texts = ['plain', 'a"\\/\b\f\n\r\t\u0000\u001f\u007f', 'é😀', ''];
    const store = await published(
      fixture,
      texts.map((text, i) => [`${i}`, text]),
    );
    await store.widen([ID, attribute('value', JSON_TYPE)]);
    const rows = await fixture.sql(`SELECT value->>'$' AS text FROM orders ORDER BY id`);
    assert.deepEqual(
      rows.map((row) => row['text']),
      texts,
    );
  });

  it('rejects half a surrogate pair, but nothing that only looks like one', () => {
    const half = '\ud800';
    assert.ok(duckdbDialect.unrepresentable(`a${half}`, 'text'));
    assert.ok(duckdbDialect.unrepresentable(JSON.stringify({ [half]: 1 }), 'json'));
    assert.ok(duckdbDialect.unrepresentable(JSON.stringify(`\\${half}`), 'json'));
    for (const text of ['😀', '\\ud800', 'a\0', '\ue000', '\\\\ud83d']) {
      assert.equal(duckdbDialect.unrepresentable(text, 'text'), undefined);
      assert.equal(duckdbDialect.unrepresentable(JSON.stringify(text), 'json'), undefined);
    }
  });

  it('keeps views on the visible table through a later publish', async () => {
    const store = await published(fixture, [['a', '1']]);
    await fixture.sql(`CREATE VIEW big AS SELECT id FROM orders WHERE value > '0'`);
    await fixture.sql(`CREATE INDEX by_value ON orders (value)`);
    await store.startGeneration(2, checkpoint('generation 2'));
    await loadRows(store, [['b', '2']], { generation: 2 });
    await store.publish(() => checkpoint('published'));
    assert.deepEqual(await fixture.sql('SELECT * FROM big'), [{ id: 'b' }]);
    assert.equal((await fixture.sql('FROM duckdb_indexes()')).length, 1);
    const widened = store.widen([ID, attribute('value', JSON_TYPE)]);
    await assert.rejects(
      widened,
      (error) => error instanceof DestinationUnusable && /by_value/.test(error.message),
    );
    await fixture.sql('DROP INDEX by_value');
    await store.widen([ID, attribute('value', JSON_TYPE)]);
    assert.deepEqual(await fixture.sql(`SELECT id FROM orders WHERE value->>'$' = '2'`), [{ id: 'b' }]);
  });

  it('leaves an existing table or view alone', async () => {
    await fixture.sql('CREATE TABLE "Orders" (mine INTEGER)');
    await assert.rejects(fixture.destination.lease(ORDERS), DestinationTableTaken);
    await assert.rejects(
      fixture.destination.lease({ ...ORDERS, table: 'ORDERS', pipeline: 'other' }),
      DestinationTableTaken,
    );
    await fixture.sql('DROP TABLE "Orders"');
    const store = await begin(fixture);
    await loadRows(store, [['a', '1']]);
    await fixture.sql('CREATE VIEW orders AS SELECT 1 AS mine');
    await assert.rejects(
      store.publish(() => checkpoint('published')),
      DestinationTableTaken,
    );
    assert.deepEqual(await fixture.sql('SELECT * FROM orders'), [{ mine: 1 }]);
    await fixture.sql('DROP VIEW orders');
    assert.equal((await store.publish(() => checkpoint('published'))).rows, 1);
  });

  it('reports that a table was dropped', async () => {
    await published(fixture, [['a', '1']]);
    await fixture.sql('DROP TABLE orders');
    await assert.rejects(fixture.destination.lease(ORDERS), /dropped or renamed by hand/);
  });

  it('writes into a schema of the user’s choice, with any name', async () => {
    const target = { ...ORDERS, schema: 'my "schema"', table: 'or"ders.é' };
    const store = await published(fixture, [['a', '1']], target);
    const changes = [upsert('b', ['2']), bury('c')];
    await store.apply('visible', { columns: COLUMNS, changes }, checkpoint('applied'));
    const rows = await fixture.sql('SELECT count(*)::INTEGER AS rows FROM "my ""schema"""."or""ders.é"');
    assert.deepEqual(rows, [{ rows: 2 }]);
    await assert.rejects(
      fixture.destination.lease({ ...ORDERS, schema: '_Replicator', pipeline: 'x' }),
      DestinationUnusable,
    );
  });

  it('leaves one complete file behind when it is closed', async () => {
    const store = await published(
      fixture,
      Array.from({ length: 5000 }, (_, i) => [`${i}`, 'x'.repeat(100)]),
    );
    await store.release();
    await fixture.destination.close();
    const folder = join(fixture.path, '..');
    assert.deepEqual(await readdir(folder), ['test.duckdb']);
  });

  it('reads a missing file without creating it', async () => {
    await fixture.destination.probe();
    assert.equal(await fixture.destination.inspect('any'), undefined);
    assert.equal(existsSync(fixture.path), false);
  });

  it('keeps its log short while changes arrive', async () => {
    const store = await published(fixture, []);
    const load = await store.load('shadow', 2, COLUMNS).catch(() => undefined);
    assert.equal(load, undefined);
    await store.startGeneration(2, checkpoint('generation 2'));
    const open = await openLoad(store, 'shadow', 2, COLUMNS);
    await open.append([['open', 'load']]);
    let longest = 0;
    for (let round = 0; round < 12; round++) {
      const changes = Array.from({ length: 2000 }, (_, i) => upsert(`${round}/${i}`, ['x'.repeat(2000)]));
      await store.apply('changes', { columns: COLUMNS, changes }, checkpoint(`round ${round}`));
      const log = `${fixture.path}.wal`;
      if (existsSync(log)) longest = Math.max(longest, statSync(log).size);
    }
    await open.commit([]);
    assert.ok(longest < 40_000_000, `${longest} bytes`);
  });

  it('caches no row files in memory', async () => {
    const store = await published(fixture, []);
    for (let i = 0; i < 10; i++) {
      const changes = [upsert(`k${i}`, ['x'])];
      await store.apply('visible', { columns: COLUMNS, changes }, checkpoint(`${i}`));
    }
    const [kept] = await fixture.sql(
      "SELECT memory_usage_bytes::VARCHAR AS bytes FROM duckdb_memory() WHERE tag = 'EXTERNAL_FILE_CACHE'",
    );
    assert.equal(kept?.['bytes'], '0');
  });

  it('never writes anything of a failed transaction later', async () => {
    const store = await published(fixture, [['a', '1']]);
    const before = await fixture.dump();
    const apply = () =>
      store.apply('visible', { columns: COLUMNS, changes: [bury('ghost')] }, checkpoint('published'));
    let statements = 0;
    fixture.onStatement(() => void (statements += 1));
    await apply();
    const all = statements;
    await store.apply(
      'visible',
      { columns: COLUMNS, changes: [{ action: 'delete dead letter', keyText: 'ghost', sourceTime: 0 }] },
      checkpoint('published'),
    );
    for (let last = 1; last <= all; last++) {
      statements = 0;
      fixture.onStatement(() => {
        statements += 1;
        if (statements === last) throw new Error('broken off');
      });
      await assert.rejects(apply(), /broken off/);
    }
    fixture.onStatement(undefined);
    await collectGarbage();
    assert.equal(await fixture.dump(), before);
  });

  it('continues after DuckDB has given up on the file', async () => {
    const store = await published(fixture, [['a', '1']]);
    const broken = new Error('FATAL Error: database has been invalidated because of a previous fatal error.');
    fixture.onStatement((statement) => {
      if (statement.startsWith('INSERT')) throw broken;
    });
    const apply = () =>
      store.apply('visible', { columns: COLUMNS, changes: [upsert('b', ['2'])] }, checkpoint('applied'));
    await assert.rejects(apply(), DestinationUnavailable);
    fixture.onStatement(undefined);
    await apply();
    assert.equal((await fixture.destination.inspect(ORDERS.pipeline))?.rows, 2);
  });
});

/** Makes the driver release what it holds of a transaction. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let round = 0; round < 3; round++) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
}
