import assert from 'node:assert/strict';
import { Client } from 'pg';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import { DestinationUnavailable, DestinationUnusable, LeaseLost } from '../../../runtime/destinations/errors';
import type { Cell, Column } from '../../../runtime/item/column';
import { requirePostgres } from '../../postgres-server';
import { full } from '../../tiers/tier';
import {
  assertRows,
  attribute,
  BINARY,
  BOOLEAN,
  checkpoint,
  COLUMNS,
  ID,
  INT64,
  JSON_TYPE,
  loadRows,
  ORDERS,
  published,
  row,
  sorted,
  TEXT,
  upsert,
} from '../conformance/orders';
import { openLoad } from '../conformance/rows-load';
import type { CrashImage } from '../fixture';
import { postgresFixture, type PostgresFixture } from '../postgres-fixture';

/** No table counts as small, so columns are replaced page by page. */
const LARGE = { smallTableBytes: 0, patience: { lockPauseMs: 50 } };
const TIME = 1_700_000_000_000;

class Crash extends Error {}

const wider = (columns: readonly Column[], ...names: readonly string[]): readonly Column[] =>
  columns.map((column) => (names.includes(column.name) ? { ...column, type: JSON_TYPE } : column));

describe('destination postgres: columns that become jsonb in a table that others read', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  beforeEach(async () => (fixture = await postgresFixture(LARGE)));
  afterEach(() => fixture.cleanup());

  const MIXED: readonly Column[] = [
    ID,
    attribute('text', TEXT),
    attribute('number', INT64),
    attribute('boolean', BOOLEAN),
    attribute('binary', BINARY),
    attribute('kept', TEXT),
  ];
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
  const mixedRow = (id: string): readonly Cell[] => [
    id,
    'a"\\\n',
    '12345678901234567890.50',
    true,
    bytes,
    'kept',
  ];
  const widenedRow = (id: string, time: number | null = null) =>
    row(
      {
        id,
        text: JSON.stringify('a"\\\n'),
        number: '12345678901234567890.50',
        boolean: 'true',
        binary: JSON.stringify(Buffer.from(bytes).toString('base64')),
        kept: 'kept',
      },
      time,
    );
  const nothing = (id: string) =>
    row({ id, text: null, number: null, boolean: null, binary: null, kept: null });
  const all = ['text', 'number', 'boolean', 'binary'];

  /** Rows of many pages, of which each transaction converts some. */
  async function manyRows(count: number): Promise<PipelineStore> {
    const store = await published(
      fixture,
      Array.from({ length: count }, (_, i) => [`${i}`, 'x'.repeat(1000) + i]),
    );
    return store;
  }

  it('hold the same values as if they had been jsonb from the beginning', async () => {
    const store = await published(
      fixture,
      [mixedRow('a'), ['nulls', null, null, null, null, null]],
      ORDERS,
      MIXED,
    );
    await store.widen([...wider(MIXED, ...all), attribute('new', TEXT)]);
    const now = { new: null };
    const expected = [widenedRow('a'), nothing('nulls')].map((one) => ({
      ...one,
      cells: { ...one.cells, ...now },
    }));
    await assertRows(fixture, ORDERS, expected);
    const change = upsert('b', ['"b"', '1', 'false', null, 'b', 'new'], TIME);
    const columns = await store.readColumns();
    await store.apply('visible', { columns, changes: [change] }, checkpoint('applied'));
    await assertRows(fixture, ORDERS, [
      ...expected,
      row({ id: 'b', text: '"b"', number: '1', boolean: 'false', binary: null, kept: 'b', new: 'new' }, TIME),
    ]);
  });

  it('can be more than one pass converts', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `c${i}`);
    const columns = [ID, ...names.map((name) => attribute(name, TEXT))];
    const store = await published(fixture, [['a', ...names]], ORDERS, columns);
    await store.widen(wider(columns, ...names));
    const cells = Object.fromEntries(names.map((name) => [name, JSON.stringify(name)]));
    await assertRows(fixture, ORDERS, [row({ id: 'a', ...cells })]);
    assert.deepEqual(await store.readColumns(), wider(columns, ...names));
  });

  it('are converted in every table during a resync and a verify', async () => {
    const store = await published(fixture, [mixedRow('a')], ORDERS, MIXED);
    await store.startGeneration(2, checkpoint('generation 2'));
    await loadRows(store, [mixedRow('b')], { columns: MIXED, generation: 2 });
    const change = { action: 'upsert' as const, keyText: 'c', sourceTime: TIME, cells: mixedRow('c') };
    await store.apply('changes', { columns: MIXED, changes: [change] }, checkpoint('changed'));
    await store.startVerify();
    const verify = await openLoad(store, 'verify', 2, MIXED);
    await verify.append([mixedRow('a')]);
    await verify.commit([]);
    await store.widen(wider(MIXED, ...all));
    assert.equal((await store.compare(1)).differences, 0);
    await store.publish(() => checkpoint('published'));
    await assertRows(fixture, ORDERS, [widenedRow('b'), widenedRow('c', TIME)]);
  });

  it('keep privileges and comments of the column, and those of the table', async () => {
    const role = `reader_${fixture.database.name}`;
    const store = await published(fixture, [['a', '1']]);
    await fixture.sql(`CREATE ROLE ${role}`);
    try {
      await fixture.sql(`GRANT SELECT (value), UPDATE (value) ON orders TO ${role}`);
      await fixture.sql(`COMMENT ON COLUMN orders.value IS 'it''s mine'`);
      await store.widen(wider(COLUMNS, 'value'));
      const [kept] = await fixture.sql(
        `SELECT has_column_privilege('${role}', 'orders', 'value', 'SELECT') AS may_read,
           has_column_privilege('${role}', 'orders', 'value', 'UPDATE') AS may_write,
           has_column_privilege('${role}', 'orders', 'id', 'SELECT') AS may_read_all,
           col_description('orders'::regclass, attnum) AS comment FROM pg_attribute
           WHERE attrelid = 'orders'::regclass AND attname = 'value'`,
      );
      assert.deepEqual(kept, { may_read: true, may_write: true, may_read_all: false, comment: "it's mine" });
    } finally {
      await fixture.sql(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  for (const [what, make, drop] of [
    ['view', 'CREATE VIEW built AS SELECT value FROM orders', 'DROP VIEW built'],
    ['index', 'CREATE INDEX built ON orders (lower(value))', 'DROP INDEX built'],
  ] as const) {
    for (const options of [LARGE, {}]) {
      it(`name the ${what} that depends on one, and change nothing (${options === LARGE ? 'large' : 'small'} table)`, async () => {
        const own = await postgresFixture(options);
        try {
          const store = await published(own, [['a', '1']]);
          await own.sql(make);
          const before = await own.dump();
          await assert.rejects(store.widen(wider(COLUMNS, 'value')), (error) => {
            assert.ok(error instanceof DestinationUnusable, String(error));
            assert.match(
              error.message,
              /Column value of table orders.*(view|index) public\.built.*Drop them/,
            );
            return true;
          });
          assert.equal(await own.dump(), before);
          await store.widen([...COLUMNS, attribute('new', TEXT)]);
          await own.sql(drop);
          await store.widen(wider([...COLUMNS, attribute('new', TEXT)], 'value'));
          await assertRows(own, ORDERS, [row({ id: 'a', value: '"1"', new: null })]);
        } finally {
          await own.cleanup();
        }
      });
    }
  }

  it('can be read all the time, with the old values until all have the new ones', async () => {
    const count = 20_000;
    const store = await manyRows(count);
    const reader = new Client(fixture.database.url);
    await reader.connect();
    let isOver = false;
    const widening = store.widen(wider(COLUMNS, 'value')).finally(() => (isOver = true));
    const kinds = new Set<string>();
    try {
      while (!isOver) {
        const { rows } = await reader.query<{ kind: string; rows: string }>(
          `SELECT pg_typeof(value)::text AS kind, count(*) AS rows FROM orders WHERE value IS NOT NULL GROUP BY 1`,
        );
        assert.equal(rows.length, 1);
        assert.equal(Number(rows[0]?.rows), count);
        kinds.add(String(rows[0]?.kind));
      }
      await widening;
    } finally {
      await reader.end();
    }
    assert.ok(kinds.has('text'), 'it was read before the columns changed places');
    const [last] = await fixture.sql(
      `SELECT count(*)::int AS rows FROM orders WHERE value #>> '{}' = repeat('x', 1000) || id`,
    );
    assert.equal(last?.['rows'], count);
  });

  it('include what somebody else writes meanwhile', async () => {
    const store = await manyRows(100);
    let isWritten = false;
    fixture.onStatement(async (statement) => {
      if (isWritten || !statement.startsWith('LOCK TABLE') || !statement.includes('SHARE ROW')) return;
      isWritten = true;
      await fixture.sql(`UPDATE orders SET value = 'by hand', __r_widening_0 = NULL WHERE id = '7'`);
    });
    await store.widen(wider(COLUMNS, 'value'));
    assert.ok(isWritten);
    assert.deepEqual(await fixture.sql(`SELECT value FROM orders WHERE id = '7'`), [{ value: '"by hand"' }]);
  });

  full.it('wait for a session that holds the table, without blocking others, and name it', async () => {
    const store = await published(fixture, [['a', '1']]);
    const [holder, other] = [new Client(fixture.database.url), new Client(fixture.database.url)];
    await holder.connect();
    await other.connect();
    try {
      const { rows } = await holder.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await holder.query('BEGIN');
      await holder.query('SELECT * FROM orders');
      const limits: string[] = [];
      fixture.onStatement((statement) => void limits.push(...(/lock_timeout = \d+/.exec(statement) ?? [])));
      let isOver = false;
      const widening = store.widen([...COLUMNS, attribute('new', TEXT)]).finally(() => (isOver = true));
      const refused = assert.rejects(widening, (error) => {
        assert.ok(error instanceof DestinationUnavailable, String(error));
        assert.match(error.message, new RegExp(`Held by pid ${rows[0]?.pid} \\(role .*pg_terminate_backend`));
        assert.doesNotMatch(error.message, /FROM orders/, "nobody sees another session's query");
        return true;
      });
      // A reader that comes while it waits for its lock gets the table before it gives up.
      const waits = `SELECT FROM pg_locks WHERE relation = 'orders'::regclass AND NOT granted`;
      let reads = 0;
      while (!isOver) {
        if ((await other.query(waits)).rowCount === 0) continue;
        await other.query('SELECT count(*) FROM orders');
        if (!isOver) reads += 1;
      }
      await refused;
      assert.ok(reads > 0, 'nobody read the table meanwhile');
      assert.deepEqual([...new Set(limits)], ['lock_timeout = 500'], 'it waits for half a second at a time');
      await holder.query('COMMIT');
      await store.widen([...COLUMNS, attribute('new', TEXT)]);
      await assertRows(fixture, ORDERS, [row({ id: 'a', value: '1', new: null })]);
    } finally {
      await holder.end();
      await other.end();
    }
  });

  full.it(
    'C1: are as before or as after whenever the process is killed, and the next process finishes',
    async () => {
      const store = await manyRows(60);
      const columns = wider(COLUMNS, 'value');
      const before = await fixture.rows(ORDERS);
      const images: CrashImage[] = [];
      let statements = 0;
      for (let at = 1; ; at++) {
        statements = 0;
        fixture.onStatement(async () => {
          statements += 1;
          if (statements === at) {
            images.push(await fixture.crashImage());
            throw new Crash();
          }
        });
        const error: unknown = await store.widen(columns).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        fixture.onStatement(undefined);
        if (error === undefined) break;
        assert.ok(error instanceof Error && error.cause instanceof Crash, String(error));
        // This process continues from what it leaves behind. A new one discards it.
        if (at % 5 === 0) {
          const image = await images.at(-1)!.open();
          const again = await image.destination.lease(ORDERS);
          const visible = (await image.rows(ORDERS)).map(({ cells }) => Object.keys(cells).sort());
          assert.deepEqual(new Set(visible.map(String)), new Set(['id,value']));
          if (JSON.stringify(await again.readColumns()) === JSON.stringify(COLUMNS)) {
            assert.ok(String(sorted(await image.rows(ORDERS))) === String(sorted(before)));
          }
          const change = { columns: COLUMNS, changes: [upsert('7', ['changed'], TIME)] };
          await again.apply('visible', change, checkpoint('changed'));
          await again.widen(columns);
          const changed = (await image.rows(ORDERS)).find(({ cells }) => cells['id'] === '7');
          assert.equal(changed?.cells['value'], '"changed"');
          await image.cleanup();
        }
      }
      assert.ok(images.length > 20, `${images.length} statements`);
      const after = await fixture.rows(ORDERS);
      assert.deepEqual(
        after.map(({ cells }) => [cells['id'], cells['value']]).sort(),
        before.map(({ cells }) => [cells['id'], JSON.stringify(cells['value'])]).sort(),
      );
    },
  );

  it('C2: are left to a writer that has taken over', async () => {
    const store = await manyRows(100);
    let second: Promise<PipelineStore> | undefined;
    fixture.onStatement(async (statement) => {
      if (second !== undefined || !statement.startsWith('UPDATE "public"."orders" SET "__r_widening_0"'))
        return;
      second = fixture.destination.lease(ORDERS);
      // It has to wait for the end of this transaction.
      const waits = `SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`;
      while ((await fixture.sql(waits)).length === 0);
    });
    await assert.rejects(store.widen(wider(COLUMNS, 'value')), LeaseLost);
    const next = await second;
    await next?.widen(wider(COLUMNS, 'value'));
    assert.deepEqual(await next?.readColumns(), wider(COLUMNS, 'value'));
    assert.equal((await fixture.rows(ORDERS)).length, 100);
  });
});
