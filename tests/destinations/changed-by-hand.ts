import assert from 'node:assert/strict';
import {
  ColumnTypeChanged,
  DestinationTableMisnamed,
  DestinationTableMissing,
  DestinationTableTaken,
  DestinationUnusable,
  KeyChanged,
  LedgerIncomplete,
  RecordsMissing,
} from '../../runtime/destinations/errors';
import type { ChangeBatch, PipelineStore, TableTarget } from '../../runtime/destinations/destination';
import type { Column } from '../../runtime/item/column';
import type { OperableFixture } from './fixture';
import {
  assertRows,
  begin,
  checkpoint,
  COLUMNS,
  INT64,
  attribute,
  loadRows,
  ORDERS,
  published,
  row,
  upsert,
} from './conformance/orders';

export interface SqlFixture extends OperableFixture {
  sql(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** One change of a column by a user. */
export interface Alteration {
  readonly column: string;
  /** The rest of the statement after `ALTER COLUMN name`. */
  readonly to: string;
  /** The type in messages. */
  readonly made: string;
  readonly found: string;
}

/** The changes of columns that a database should refuse and accept. */
export interface HandMade {
  /** The columns `id` and those that are altered. */
  readonly columns: readonly Column[];
  readonly cells: readonly string[];
  readonly refused: readonly Alteration[];
  readonly accepted: readonly (readonly [column: string, to: string])[];
  /** Name of the table in messages. */
  readonly table: string;
}

async function* noBatches(): AsyncGenerator<ChangeBatch> {
  yield* [];
}

/** Rule D1 for tables that a user has changed. @param open returns an empty destination */
export function changedByHand(open: () => Promise<SqlFixture>, made: HandMade): void {
  const { columns, cells, refused, accepted, table } = made;
  let fixture: SqlFixture;
  beforeEach(async () => (fixture = await open()));
  afterEach(() => fixture.cleanup());

  const isRefusal =
    ({ column, made: before, found }: Alteration) =>
    (error: unknown) => {
      assert.ok(error instanceof ColumnTypeChanged, String(error));
      assert.deepEqual(
        [error.table, error.column, error.made, error.found, error.kind],
        [table, column, before, found, 'fatal'],
      );
      assert.match(error.message, /resync/);
      return true;
    };

  const isMissing = (name: string) => (error: unknown) => {
    assert.ok(error instanceof DestinationTableMissing, String(error));
    assert.equal(error.table, name);
    return true;
  };

  for (const alteration of refused) {
    const { column, to } = alteration;
    it(`D1: refuses a table whose ${column} was altered to ${to}, even for a resync, until the type is restored`, async () => {
      const store = await published(fixture, [cells], ORDERS, columns);
      await store.release();
      await fixture.sql(`ALTER TABLE orders ALTER COLUMN ${column} ${to}`);
      const before = await fixture.dump();
      let putBack = '';
      for (const options of [{}, { recreate: true }]) {
        await assert.rejects(fixture.destination.lease(ORDERS, undefined, options), (error) => {
          putBack = (error as ColumnTypeChanged).fix;
          return isRefusal(alteration)(error);
        });
      }
      assert.equal(await fixture.dump(), before);
      assert.match((await fixture.destination.inspect(ORDERS.pipeline))?.problem ?? '', /altered by hand/);
      const [unmet] = (await fixture.destination.check([ORDERS])).filter(({ met }) => !met);
      assert.deepEqual([unmet?.requirement, unmet?.fix], [`table ${table} writable`, putBack]);
      await fixture.sql(putBack);
      assert.equal((await fixture.destination.inspect(ORDERS.pipeline))?.problem, undefined);
      await fixture.destination.lease(ORDERS);
    });
  }

  for (const [column, to] of accepted) {
    it(`D1: continues with a table whose ${column} was altered to ${to}, which holds every value`, async () => {
      const store = await published(fixture, [cells], ORDERS, columns);
      await store.release();
      await fixture.sql(`ALTER TABLE orders ALTER COLUMN ${column} ${to}`);
      const again = await fixture.destination.lease(ORDERS);
      await again.apply('visible', { columns, changes: [upsert('b', cells.slice(1))] }, checkpoint('b'));
      assert.equal((await fixture.rows(ORDERS)).length, 2);
    });
  }

  it('names a column that was dropped, with the statement that adds it', async () => {
    const store = await published(fixture, [cells], ORDERS, columns);
    await store.release();
    const { column } = refused[0]!;
    await fixture.sql(`ALTER TABLE orders DROP COLUMN ${column}`);
    let putBack = '';
    await assert.rejects(fixture.destination.lease(ORDERS), (error) => {
      assert.ok(error instanceof ColumnTypeChanged);
      assert.equal(error.found, undefined);
      assert.match(error.message, /dropped or renamed by hand\. Rename it back, or add it: ALTER TABLE/);
      putBack = error.fix;
      return true;
    });
    await fixture.sql(putBack);
    await fixture.destination.lease(ORDERS);
  });

  it('leaves additional columns of users alone', async () => {
    const store = await published(fixture, [cells], ORDERS, columns);
    await store.release();
    await fixture.sql('ALTER TABLE orders ADD COLUMN remark VARCHAR');
    const again = await fixture.destination.lease(ORDERS);
    await again.apply('visible', { columns, changes: [upsert('b', cells.slice(1))] }, checkpoint('b'));
  });

  it('writes nothing when a load or a widening finds an altered column', async () => {
    const { column, to } = refused[0]!;
    const store = await begin(fixture, ORDERS, columns);
    const name = String(
      (
        await fixture.sql(
          `SELECT table_name FROM information_schema.tables WHERE table_name LIKE '%loading%'`,
        )
      )[0]?.['table_name'],
    );
    await fixture.sql(`ALTER TABLE ${name} ALTER COLUMN ${column} ${to}`);
    await assert.rejects(store.load('shadow', 1, columns), ColumnTypeChanged);
    await assert.rejects(store.widen([...columns, attribute('another', INT64)]), ColumnTypeChanged);
  });

  for (const [how, statement] of [
    ['dropped', 'DROP TABLE orders'],
    ['renamed', 'ALTER TABLE orders RENAME TO theirs'],
  ] as const)
    it(`a widening of a table that was ${how} names the table as missing`, async () => {
      const store = await published(fixture, [cells], ORDERS, columns);
      await fixture.sql(statement);
      await assert.rejects(store.widen([...columns, attribute('another', INT64)]), isMissing(table));
    });

  for (const gone of ['loading', 'changes'])
    it(`a widening and a load name the ${gone} table as missing when it was dropped`, async () => {
      const store = await begin(fixture, ORDERS, columns);
      const [found] = await fixture.sql(
        `SELECT table_schema || '.' || table_name AS name FROM information_schema.tables WHERE table_name LIKE '%${gone}%'`,
      );
      const name = String(found?.['name']);
      await fixture.sql(`DROP TABLE ${name}`);
      await assert.rejects(store.widen([...columns, attribute('another', INT64)]), isMissing(name));
      if (gone === 'loading') await assert.rejects(store.load('shadow', 1, columns), isMissing(name));
    });

  for (const gone of ['lines', 'changes'])
    it(`a widening, a heal and a lease name the ${gone} table as missing when it was dropped`, async () => {
      const store = await published(fixture, [cells], ORDERS, columns);
      await store.startGeneration(2, checkpoint('healing'), 'lines');
      const name = `_replicator.${gone}_1`;
      await fixture.sql(`DROP TABLE ${name}`);
      await assert.rejects(store.widen([...columns, attribute('another', INT64)]), isMissing(name));
      const staged = store.stage(2, noBatches(), { file: 'file', items: 0 });
      if (gone === 'lines') await assert.rejects(staged, isMissing(name));
      else await staged;
      await store.release();
      await assert.rejects(fixture.destination.lease(ORDERS), isMissing('_replicator.lines_1'));
      const again = await fixture.destination.lease(ORDERS, undefined, { recreate: true });
      await again.startGeneration(3, checkpoint('healing'), 'lines');
      await again.publishHeal(() => checkpoint('healed'));
      assert.equal((await fixture.rows(ORDERS)).length, 1);
    });

  it('does not publish a heal whose visible table was altered meanwhile', async () => {
    const { column, to } = refused[0]!;
    const store = await published(fixture, [cells], ORDERS, columns);
    await store.startGeneration(2, checkpoint('healing'), 'lines');
    await store.stage(2, noBatches(), { file: 'file', items: 0 });
    await fixture.sql(`ALTER TABLE orders ALTER COLUMN ${column} ${to}`);
    await assert.rejects(
      store.publishHeal(() => checkpoint('healed')),
      isRefusal(refused[0]!),
    );
  });

  it('does not publish a resync whose visible table was altered meanwhile', async () => {
    const { column, to } = refused[0]!;
    const store = await published(fixture, [cells], ORDERS, columns);
    await store.startGeneration(2, checkpoint('second'));
    await loadRows(store, [cells], { columns, generation: 2 });
    await fixture.sql(`ALTER TABLE orders ALTER COLUMN ${column} ${to}`);
    await assert.rejects(
      store.publish(() => checkpoint('published')),
      isRefusal(refused[0]!),
    );
  });

  for (const [how, statement] of [
    ['dropped', 'DROP TABLE orders'],
    ['renamed', 'ALTER TABLE orders RENAME TO theirs'],
  ] as const) {
    it(`reports a table that was ${how}, and recreates it only for a new generation`, async () => {
      const store = await published(fixture, [['a', '1']]);
      await store.release();
      await fixture.sql(statement);
      for (let attempt = 1; attempt <= 2; attempt++) {
        await assert.rejects(fixture.destination.lease(ORDERS), (error) => {
          assert.ok(error instanceof DestinationTableMissing, String(error));
          assert.match(error.message, /resync --table orders/);
          return true;
        });
      }
      assert.match(
        (await fixture.destination.inspect(ORDERS.pipeline))?.problem ?? '',
        /resync --table orders/,
      );
      const [unmet] = (await fixture.destination.check([ORDERS])).filter(({ met }) => !met);
      assert.equal(unmet?.fix, 'dynamodb-replicator resync --table orders');
      const again = await fixture.destination.lease(ORDERS, undefined, { recreate: true });
      await loadGeneration(again, 2);
      await assertRows(fixture, ORDERS, [row({ id: 'b', value: '2', more: null })]);
    });
  }

  /** The source table, recreated with a key of numbers. */
  const OTHER_KEY: TableTarget = {
    ...ORDERS,
    keySchema: { partition: { name: 'no', type: 'N' }, sort: undefined },
  };
  const NUMBERED: readonly Column[] = [
    { attribute: 'no', name: 'no', type: INT64, role: 'partition key' },
    COLUMNS[1]!,
  ];

  const loadNumbered = async (store: PipelineStore, generation: number) => {
    await store.widen(NUMBERED);
    await store.startGeneration(generation, checkpoint('begun'));
    await loadRows(store, [['7', 'seven']], { generation, columns: NUMBERED });
    await store.publish(() => checkpoint('published'));
    await assertRows(fixture, OTHER_KEY, [row({ no: '7', value: 'seven' })]);
  };

  for (const [how, statement] of [
    ['renamed by the statement of the message', undefined],
    ['dropped', 'DROP TABLE orders'],
  ] as const)
    it(`G1: refuses another key of the source table, and takes it once the old table was ${how}`, async () => {
      await (await published(fixture, [['a', '1']])).release();
      const before = await fixture.dump();
      const unmet = async ({ schema, table: name, keySchema }: TableTarget) =>
        (await fixture.destination.check([{ schema, table: name, keySchema }])).filter(({ met }) => !met);
      const [cross] = await unmet(OTHER_KEY);
      assert.match(cross?.found ?? '', /^The key of source table orders is no N now.* rename or drop it\.$/);
      assert.deepEqual(await unmet(ORDERS), []);
      let rename = '';
      for (const options of [{}, { recreate: true }])
        await assert.rejects(fixture.destination.lease(OTHER_KEY, undefined, options), (error) => {
          assert.ok(error instanceof KeyChanged, String(error));
          assert.match(
            error.message,
            /key of source table orders is no N now, but table \S+ was loaded with key id S\./,
          );
          rename = /ALTER TABLE .*;/.exec(error.message)?.[0] ?? '';
          assert.equal(cross?.fix, rename);
          return true;
        });
      assert.equal(await fixture.dump(), before);
      await fixture.sql(statement ?? rename);
      await assert.rejects(fixture.destination.lease(OTHER_KEY), DestinationTableMissing);
      const again = await fixture.destination.lease(OTHER_KEY, undefined, { recreate: true });
      assert.deepEqual(await again.readColumns(), []);
      await loadNumbered(again, 2);
      await again.release();
      if (statement === undefined)
        assert.deepEqual(
          (await fixture.sql('SELECT id, value FROM orders_before')).map((one) => ({ ...one })),
          [{ id: 'a', value: '1' }],
        );
      await (await fixture.destination.lease(OTHER_KEY)).release();
      await assert.rejects(fixture.destination.lease(ORDERS), KeyChanged);
    });

  for (const [what, table, others] of [
    ['whose usual name is taken', 'orders', ['orders_before', 'orders_before_2']],
    ['whose name is as long as one can be', 'o'.repeat(63), []],
  ] as const)
    it(`G1: gives a statement that renames a table ${what}`, async () => {
      await (await published(fixture, [['a', '1']], { ...ORDERS, table })).release();
      for (const other of others) await fixture.sql(`CREATE TABLE ${other} (id INTEGER)`);
      const target = { ...OTHER_KEY, table };
      let rename = '';
      await assert.rejects(fixture.destination.lease(target), (error) => {
        rename = /ALTER TABLE [^;]*;/.exec((error as Error).message)?.[0] ?? '';
        return error instanceof KeyChanged;
      });
      await fixture.sql(rename);
      await (await fixture.destination.lease(target, undefined, { recreate: true })).release();
    });

  it('G1: takes another key of the source table while no table is published', async () => {
    const store = await begin(fixture);
    await loadRows(store, [['a', '1']]);
    await store.release();
    await loadNumbered(await fixture.destination.lease(OTHER_KEY, undefined, { recreate: true }), 2);
  });

  it('G1: takes another key even if a process ended between that and its load', async () => {
    await (await published(fixture, [['a', '1']])).release();
    await fixture.sql('ALTER TABLE orders RENAME TO theirs');
    await (await fixture.destination.lease(OTHER_KEY, undefined, { recreate: true })).release();
    assert.match(
      (await fixture.destination.inspect(ORDERS.pipeline))?.problem ?? '',
      /is missing from the destination/,
    );
    await loadNumbered(await fixture.destination.lease(OTHER_KEY, undefined, { recreate: true }), 2);
  });

  it('continues with a table that was renamed back', async () => {
    const store = await published(fixture, [['a', '1']]);
    await store.release();
    await fixture.sql('ALTER TABLE orders RENAME TO theirs');
    await assert.rejects(fixture.destination.lease(ORDERS), DestinationTableMissing);
    await fixture.sql('ALTER TABLE theirs RENAME TO orders');
    await fixture.destination.lease(ORDERS);
    await assertRows(fixture, ORDERS, [row({ id: 'a', value: '1' })]);
  });

  it('still reports the missing table after an abandoned lease for a new generation', async () => {
    const store = await published(fixture, [['a', '1']]);
    await store.release();
    await fixture.sql('DROP TABLE orders');
    await (await fixture.destination.lease(ORDERS, undefined, { recreate: true })).release();
    await assert.rejects(fixture.destination.lease(ORDERS), DestinationTableMissing);
    await fixture.sql('CREATE TABLE orders (mine INTEGER)');
    await assert.rejects(fixture.destination.lease(ORDERS), DestinationTableTaken);
  });

  it('recreates a table that is dropped during its reload', async () => {
    const store = await published(fixture, [['a', '1']]);
    await store.startGeneration(2, checkpoint('second'));
    await store.release();
    await fixture.sql('DROP TABLE orders');
    const again = await fixture.destination.lease(ORDERS);
    await loadRows(again, [['b', '2']], { generation: 2 });
    await again.publish(() => checkpoint('published'));
    await assertRows(fixture, ORDERS, [row({ id: 'b', value: '2' })]);
  });

  it('names a dropped table of a load, and recreates it for a new generation', async () => {
    const store = await begin(fixture);
    await store.release();
    await fixture.sql('DROP TABLE _replicator.changes_1');
    await assert.rejects(fixture.destination.lease(ORDERS), DestinationTableMissing);
    const again = await fixture.destination.lease(ORDERS, undefined, { recreate: true });
    await loadGeneration(again, 2);
  });

  it('reports deleted rows of _replicator.columns, and the fix in the message works', async () => {
    await (await published(fixture, [['a', '1']])).release();
    await fixture.sql('DELETE FROM _replicator.columns');
    let drop = '';
    await assert.rejects(fixture.destination.lease(ORDERS, undefined, { recreate: true }), (error) => {
      assert.ok(error instanceof RecordsMissing, String(error));
      assert.match(error.message, /resync --table orders/);
      drop = error.fix;
      return true;
    });
    assert.match((await fixture.destination.inspect(ORDERS.pipeline))?.problem ?? '', /_replicator\.columns/);
    await fixture.sql(drop);
    const again = await fixture.destination.lease(ORDERS, undefined, { recreate: true });
    await loadGeneration(again, 2);
  });

  const keyRecorded = async () => (await fixture.sql('SELECT key_schema FROM _replicator.pipelines'))[0];

  for (const theirs of ['theirs', '{}', 'null', '{"partition":{"name":"no","type":"N"}}'])
    it(`takes the key from the recorded columns after _replicator.pipelines got the key ${theirs}`, async () => {
      await (await published(fixture, [['a', '1']])).release();
      const before = await keyRecorded();
      await fixture.sql(`UPDATE _replicator.pipelines SET key_schema = '${theirs}'`);
      assert.equal((await fixture.destination.inspect(ORDERS.pipeline))?.problem, undefined);
      assert.deepEqual(
        (await fixture.destination.check([ORDERS])).filter(({ met }) => !met),
        [],
      );
      await (await fixture.destination.lease(ORDERS)).release();
      assert.deepEqual(await keyRecorded(), before);
    });

  it('reports a changed key if no columns are recorded either, and the fix in the message works', async () => {
    await (await published(fixture, [['a', '1']])).release();
    await fixture.sql(`UPDATE _replicator.pipelines SET key_schema = 'theirs'`);
    await fixture.sql('DELETE FROM _replicator.columns');
    let drop = '';
    for (const options of [{}, { recreate: true }])
      await assert.rejects(fixture.destination.lease(ORDERS, undefined, options), (error) => {
        assert.ok(error instanceof RecordsMissing, String(error));
        assert.doesNotMatch(error.message, /theirs/);
        drop = error.fix;
        return true;
      });
    assert.match((await fixture.destination.inspect(ORDERS.pipeline))?.problem ?? '', /Rows of _replicator/);
    await fixture.sql(drop);
    await loadGeneration(await fixture.destination.lease(ORDERS, undefined, { recreate: true }), 2);
  });

  it('continues with a published table that is no longer recorded as published', async () => {
    await (await published(fixture, [['a', '1']])).release();
    await fixture.sql('UPDATE _replicator.pipelines SET published = false');
    assert.equal((await fixture.destination.inspect(ORDERS.pipeline))?.problem, undefined);
    assert.deepEqual(
      (await fixture.destination.check([ORDERS])).filter(({ met }) => !met),
      [],
    );
    const again = await fixture.destination.lease(ORDERS);
    await again.apply('visible', { columns: COLUMNS, changes: [upsert('c', ['3'])] }, checkpoint('c'));
    assert.equal((await fixture.rows(ORDERS)).length, 2);
  });

  it('reports in status that another table has the name before the publish, as the lease does', async () => {
    await (await begin(fixture)).release();
    await fixture.sql('CREATE TABLE orders (mine INTEGER)');
    await assert.rejects(fixture.destination.lease(ORDERS), DestinationTableTaken);
    assert.match(
      (await fixture.destination.inspect(ORDERS.pipeline))?.problem ?? '',
      /orders already exists/,
    );
    const [unmet] = (await fixture.destination.check([ORDERS])).filter(({ met }) => !met);
    assert.match(unmet?.found ?? '', /already exists/);
  });

  for (const column of ['table_name', 'schema_name'])
    it(`gives one statement in status, check, run and resync after ${column} was changed, and it works`, async () => {
      await (await published(fixture, [['a', '1']])).release();
      await fixture.sql(`UPDATE _replicator.pipelines SET ${column} = 'theirs'`);
      let record = '';
      for (const options of [{}, { recreate: true }])
        await assert.rejects(fixture.destination.lease(ORDERS, undefined, options), (error) => {
          assert.ok(error instanceof DestinationTableMisnamed, String(error));
          record = error.fix;
          return true;
        });
      const { problem = '' } = (await fixture.destination.inspect(ORDERS.pipeline)) ?? {};
      assert.ok(problem.endsWith(record), problem);
      const [unmet] = (await fixture.destination.check([ORDERS])).filter(({ met }) => !met);
      assert.equal(unmet?.fix, record);
      await fixture.sql(record);
      await (await fixture.destination.lease(ORDERS)).release();
      assert.equal((await fixture.destination.inspect(ORDERS.pipeline))?.problem, undefined);
    });

  it('gives the same statement for a table that was renamed together with its setting', async () => {
    await (await published(fixture, [['a', '1']])).release();
    await fixture.sql(`ALTER TABLE orders RENAME TO "their's"`);
    const target = { ...ORDERS, table: "their's" };
    let record = '';
    await assert.rejects(fixture.destination.lease(target), (error) => {
      record = (error as DestinationTableMisnamed).fix;
      return error instanceof DestinationTableMisnamed;
    });
    await fixture.sql(record);
    await (await fixture.destination.lease(target)).release();
  });

  for (const deletes of ['hard', 'soft'] as const)
    it(`takes --deletes ${deletes} from the table after its record was changed`, async () => {
      const target = { ...ORDERS, deletes };
      await (await published(fixture, [['a', '1']], target)).release();
      await fixture.sql(`UPDATE _replicator.pipelines SET deletes = 'theirs'`);
      assert.equal((await fixture.destination.inspect(ORDERS.pipeline))?.problem, undefined);
      const other = { ...ORDERS, deletes: deletes === 'hard' ? 'soft' : 'hard' } as const;
      await assert.rejects(fixture.destination.lease(other), /was created with --deletes/);
      await (await fixture.destination.lease(target)).release();
      assert.equal((await fixture.sql('SELECT deletes FROM _replicator.pipelines'))[0]?.['deletes'], deletes);
    });

  for (const theirs of [
    'null',
    '5',
    '{}',
    '{"attribute":"id","name":"id","type":{"kind":"theirs"},"role":"attribute"}',
  ])
    it(`reports a row of _replicator.columns that was changed to ${theirs}`, async () => {
      await (await published(fixture, [['a', '1']])).release();
      await fixture.sql(`UPDATE _replicator.columns SET definition = '${theirs}' WHERE position = 2`);
      await assert.rejects(fixture.destination.lease(ORDERS), RecordsMissing);
      assert.match(
        (await fixture.destination.inspect(ORDERS.pipeline))?.problem ?? '',
        /_replicator\.columns/,
      );
    });

  it('has no checkpoint after its row of _replicator.heads was deleted, and merges the next generation into the table', async () => {
    await (await published(fixture, [['a', '1']])).release();
    await fixture.sql('DELETE FROM _replicator.heads');
    const again = await fixture.destination.lease(ORDERS);
    assert.equal(await again.readCheckpoint(), undefined);
    await loadGeneration(again, 1);
    await again.apply('visible', { columns: COLUMNS, changes: [upsert('c', ['3'])] }, checkpoint('c'));
    assert.equal((await again.readCheckpoint())?.head, 'c');
  });

  it('forgets the shards of the last generation at the start of the next, even if their checkpoint was deleted', async () => {
    const store = await published(fixture, [['a', '1']]);
    await store.save(checkpoint('followed', { old: 'state' }));
    await store.release();
    await fixture.sql('DELETE FROM _replicator.heads');
    const again = await fixture.destination.lease(ORDERS);
    await again.startGeneration(2, checkpoint('begun', { new: 'state' }));
    assert.deepEqual((await again.readCheckpoint())?.shards, new Map([['new', 'state']]));
    await again.save(checkpoint('on', { new: 'later', newer: 'state' }));
    assert.deepEqual(
      (await again.readCheckpoint())?.shards,
      new Map([
        ['new', 'later'],
        ['newer', 'state'],
      ]),
    );
  });

  for (const [what, statement] of [
    ['all', 'DELETE FROM _replicator.ledger'],
    ['some', `DELETE FROM _replicator.ledger WHERE file = 'second'`],
    ['the counts of', `UPDATE _replicator.ledger SET items = 0`],
  ] as const)
    it(`P1: does not load a file twice after ${what} entries of the ledger were deleted or changed, and reloads`, async () => {
      const store = await begin(fixture);
      await loadRows(store, [['a', '1']], { file: 'first' });
      await loadRows(store, [['b', '2']], { file: 'second' });
      await store.release();
      await fixture.sql(statement);
      const again = await fixture.destination.lease(ORDERS);
      await assert.rejects(again.load('shadow', 1, COLUMNS), (error) => {
        assert.ok(error instanceof LedgerIncomplete, String(error));
        assert.match(error.message, /_replicator\.ledger .*resync --table orders$/);
        return true;
      });
      await loadGeneration(again, 2);
      await assertRows(fixture, ORDERS, [row({ id: 'b', value: '2', more: null })]);
    });

  it('ignores what is left of a pipeline whose row was deleted', async () => {
    const store = await published(fixture, [['a', '1']]);
    await store.save(checkpoint('followed', { shard: 'state' }));
    await store.release();
    await fixture.sql('DELETE FROM _replicator.pipelines');
    await assert.rejects(fixture.destination.lease(ORDERS), DestinationTableTaken);
    await fixture.sql('DROP TABLE orders');
    const again = await fixture.destination.lease(ORDERS);
    assert.equal(await again.readCheckpoint(), undefined);
    assert.deepEqual(await again.readColumns(), []);
    await loadGeneration(again, 1);
    assert.deepEqual((await again.readCheckpoint())?.shards, new Map());
  });

  it('reports a deleted row of _replicator.format, with the statement that restores it', async () => {
    await (await published(fixture, [['a', '1']])).release();
    await fixture.sql('DELETE FROM _replicator.format');
    let putBack = '';
    await assert.rejects(fixture.destination.lease(ORDERS), (error) => {
      putBack = /INSERT INTO .*?;/.exec((error as Error).message)?.[0] ?? '';
      return error instanceof DestinationUnusable;
    });
    await fixture.sql(putBack);
    await fixture.destination.lease(ORDERS);
  });
}

async function loadGeneration(store: PipelineStore, generation: number): Promise<void> {
  await store.widen([...COLUMNS, attribute('more', INT64)]);
  await store.startGeneration(generation, checkpoint('begun'));
  await loadRows(store, [['b', '2']], { generation });
  assert.equal((await store.publish(() => checkpoint('published'))).rows, 1);
}
