import assert from 'node:assert/strict';
import type {
  AppliedRole,
  PipelineStore,
  RowChange,
  TableTarget,
} from '../../../runtime/destinations/destination';
import { ReplicatorError } from '../../../runtime/errors';
import { requirePostgres } from '../../postgres-server';
import {
  attribute,
  begin,
  bury,
  checkpoint,
  COLUMNS,
  ID,
  JSON_TYPE,
  loadRows,
  ORDERS,
  published,
  remove,
  SOFT_ORDERS,
  upsert,
} from '../conformance/orders';
import { destinationAt, postgresFixture, type PostgresFixture } from '../postgres-fixture';

/** The function drops the row with the key `dropped`, and any row when it is deleted. */
const FUNCTION = `CREATE FUNCTION drop_rows() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
  IF TG_OP = 'DELETE' THEN RETURN NULL; END IF;
  IF NEW.id LIKE 'dropped%' THEN RETURN NULL; END IF;
  RETURN NEW; END$$`;
const TRIGGER = (events: string, table: string) =>
  `CREATE TRIGGER "by hand" BEFORE ${events} ON ${table} FOR EACH ROW EXECUTE FUNCTION public.drop_rows()`;

const many = (change: (id: string) => RowChange, prefix: string) =>
  Array.from({ length: 150 }, (_, i) => change(`${prefix}${i}`));
const put = (id: string) => upsert(id, ['new']);

const CASES: readonly {
  readonly title: string;
  readonly target: TableTarget;
  readonly events: string;
  readonly changes: readonly RowChange[];
}[] = [
  { title: 'an insert', target: ORDERS, events: 'INSERT', changes: [put('b'), put('dropped')] },
  { title: 'an update', target: ORDERS, events: 'UPDATE', changes: [put('dropped there')] },
  { title: 'a delete', target: ORDERS, events: 'DELETE', changes: [remove('kept')] },
  { title: 'an item that cannot be stored', target: ORDERS, events: 'DELETE', changes: [bury('kept')] },
  {
    title: 'one of many inserts',
    target: ORDERS,
    events: 'INSERT',
    changes: [...many(put, 'b'), put('dropped')],
  },
  {
    title: 'one of many deletes',
    target: ORDERS,
    events: 'DELETE',
    changes: [...many(remove, 'b'), remove('kept')],
  },
  { title: 'an insert with soft deletes', target: SOFT_ORDERS, events: 'INSERT', changes: [put('dropped')] },
  { title: 'a soft delete', target: SOFT_ORDERS, events: 'UPDATE', changes: [remove('dropped there')] },
  {
    title: 'a soft delete of a row that is not there',
    target: SOFT_ORDERS,
    events: 'INSERT',
    changes: [remove('dropped')],
  },
  {
    title: 'an item that cannot be stored, with soft deletes',
    target: SOFT_ORDERS,
    events: 'DELETE',
    changes: [bury('kept')],
  },
];

describe('destination postgres: a trigger that drops rows', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  beforeEach(async () => {
    fixture = await postgresFixture();
    await fixture.sql(FUNCTION);
  });
  afterEach(() => fixture.cleanup());

  const apply = (store: PipelineStore, changes: readonly RowChange[], role: AppliedRole = 'visible') =>
    store.apply(role, { columns: COLUMNS, changes }, checkpoint('applied'));
  const stage = (store: PipelineStore, changes: readonly RowChange[]) =>
    store.stage(
      2,
      (async function* () {
        yield { columns: COLUMNS, changes };
      })(),
      { file: 'file', items: changes.length },
    );
  const refused = async (work: Promise<unknown>, table = '"public"."orders"') => {
    const error: unknown = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.ok(error instanceof ReplicatorError, String(error));
    assert.equal(error.kind, 'fatal');
    assert.ok(error.message.includes(table), error.message);
    assert.match(error.message, /trigger "by hand" with function public\.drop_rows\(\)/);
    const [fix] = /ALTER TABLE [^;]* DISABLE TRIGGER [^;]*;/.exec(error.message) ?? [];
    assert.ok(fix, error.message);
    return fix;
  };

  /** The publish is refused and changes nothing until the fix was run. */
  const publishAfterFix = async (store: PipelineStore, target: TableTarget) => {
    const publish = () => store.publish(() => checkpoint('published again'));
    const before = await fixture.rows(target);
    const fix = await refused(publish());
    assert.deepEqual(await fixture.rows(target), before);
    await fixture.sql(fix);
    await publish();
  };

  for (const { title, target, events, changes } of CASES) {
    for (const when of ['before the lease', 'while the pipeline runs'] as const) {
      it(`is an error, and nothing is committed: ${title}, created ${when}`, async () => {
        let store = await published(
          fixture,
          [
            ['dropped there', 'old'],
            ['kept', 'old'],
          ],
          target,
        );
        await apply(store, [upsert('first', ['1'])]);
        if (when === 'before the lease') await store.release();
        await fixture.sql(TRIGGER(events, 'public.orders'));
        if (when === 'before the lease') store = await fixture.destination.lease(target);
        const before = await fixture.rows(target);
        const position = async () => (await store.readCheckpoint())?.head;
        await store.save(checkpoint('before'));
        const fix = await refused(apply(store, changes));
        assert.deepEqual(await fixture.rows(target), before);
        assert.equal(await position(), 'before');
        await fixture.sql(fix);
        await apply(store, changes);
        assert.equal(await position(), 'applied');
        assert.notDeepEqual(await fixture.rows(target), before);
        await store.release();
      });
    }
  }

  it('of other rows changes nothing', async () => {
    const store = await published(fixture, [['kept', 'old']]);
    await fixture.sql(TRIGGER('INSERT OR UPDATE', 'public.orders'));
    await apply(store, [upsert('kept', ['new']), upsert('b', ['2']), remove('absent')]);
    assert.deepEqual(await fixture.sql('SELECT id, value FROM public.orders ORDER BY 1'), [
      { id: 'b', value: '2' },
      { id: 'kept', value: 'new' },
    ]);
    assert.deepEqual(await fixture.sql('SELECT rows FROM _replicator.heads'), [{ rows: '2' }]);
    await store.release();
  });

  for (const [what, events, rows] of [
    [
      'an insert',
      'INSERT',
      [
        ['dropped there', 'old'],
        ['kept', 'old'],
        ['dropped', 'new'],
      ],
    ],
    [
      'an update',
      'UPDATE',
      [
        ['dropped there', 'new'],
        ['kept', 'old'],
      ],
    ],
    ['a delete', 'DELETE', [['dropped there', 'old']]],
  ] as const) {
    it(`is an error at the publish of a resync: ${what}`, async () => {
      const store = await published(fixture, [
        ['dropped there', 'old'],
        ['kept', 'old'],
      ]);
      await fixture.sql(TRIGGER(events, 'public.orders'));
      await store.startGeneration(2, checkpoint('resync'));
      await loadRows(store, rows, { generation: 2, file: 'second' });
      await publishAfterFix(store, ORDERS);
      assert.deepEqual(
        (await fixture.rows(ORDERS)).map(({ cells }) => [cells['id'], cells['value']]).sort(),
        [...rows].map((row) => [...row]).sort(),
      );
      await store.release();
    });
  }

  for (const [what, events] of [
    ['the tombstone of a row that is not there', 'INSERT'],
    ['the time of the delete of a row that is there', 'UPDATE'],
  ] as const)
    it(`is an error at the publish of a resync with soft deletes: ${what}`, async () => {
      const store = await published(fixture, [['dropped there', 'old']], SOFT_ORDERS);
      await apply(store, [remove('dropped there', 1_700_000_100_000)]);
      await fixture.sql('UPDATE public.orders SET __source_time = NULL');
      await store.startGeneration(2, checkpoint('resync'));
      await apply(store, [remove('dropped'), remove('dropped there')], 'changes');
      // Created this late, the trigger has seen no other write.
      await fixture.sql(TRIGGER(events, 'public.orders'));
      await publishAfterFix(store, SOFT_ORDERS);
      assert.deepEqual(
        (await fixture.rows(SOFT_ORDERS))
          .map(({ cells, deleted, sourceTime }) => [cells['id'], deleted, sourceTime !== null])
          .sort(),
        [
          ['dropped there', true, true],
          ['dropped', true, true],
        ],
      );
      await store.release();
    });

  it('is an error when a column changes its type, and no value is lost', async () => {
    const destination = destinationAt(fixture.database.url, { smallTableBytes: 0 });
    const store = await published({ destination }, [['dropped there', 'old']]);
    await fixture.sql(TRIGGER('UPDATE', 'public.orders'));
    const wider = [ID, attribute('value', JSON_TYPE)];
    const fix = await refused(store.widen(wider));
    assert.deepEqual(await fixture.sql('SELECT id, value FROM public.orders'), [
      { id: 'dropped there', value: 'old' },
    ]);
    await fixture.sql(fix);
    await store.widen(wider);
    assert.deepEqual(await fixture.sql('SELECT id, value FROM public.orders'), [
      { id: 'dropped there', value: '"old"' },
    ]);
    await store.release();
    await destination.close();
  });

  it('is an error in the changes table', async () => {
    const store = await begin(fixture);
    await apply(store, [upsert('first', ['1'])], 'changes');
    const [row] = await fixture.sql('SELECT number FROM _replicator.pipelines');
    const changes = `_replicator.changes_${String(row?.['number'])}`;
    await fixture.sql(TRIGGER('INSERT', changes));
    await refused(apply(store, [put('dropped')], 'changes'), '"_replicator"."changes_');
    await store.release();
  });

  for (const [where, table] of [
    ['the visible table', '"public"."orders"'],
    ['the changes table', '"_replicator"."changes_1"'],
  ] as const)
    it(`P3: is an error in ${where} while a resync feeds both`, async () => {
      const store = await published(fixture, [['kept', 'old']]);
      await store.startGeneration(2, checkpoint('second'));
      await apply(store, [upsert('first', ['1'])], 'both');
      await fixture.sql(TRIGGER('INSERT', table));
      const before = await fixture.rows(ORDERS);
      await refused(apply(store, [put('b'), put('dropped')], 'both'), table);
      assert.deepEqual(await fixture.rows(ORDERS), before);
      await store.release();
    });

  for (const target of [ORDERS, SOFT_ORDERS]) {
    for (const [events, changes] of [
      ['INSERT', [put('dropped')]],
      ['UPDATE', [put('dropped there')]],
      ['DELETE', [bury('kept')]],
    ] as const)
      it(`G4: is an error at the publish of a heal, with ${target.deletes} deletes: ${events}`, async () => {
        const store = await published(
          fixture,
          [
            ['dropped there', 'old'],
            ['kept', 'old'],
          ],
          target,
        );
        await store.startGeneration(2, checkpoint('healing'), 'lines');
        await stage(store, changes);
        await fixture.sql(TRIGGER(events, 'public.orders'));
        const publish = () => store.publishHeal(() => checkpoint('healed'));
        const before = await fixture.rows(target);
        const fix = await refused(publish());
        assert.deepEqual(await fixture.rows(target), before);
        assert.equal((await store.readCheckpoint())?.head, 'healing');
        await fixture.sql(fix);
        assert.equal((await publish()).written, 1);
        assert.notDeepEqual(await fixture.rows(target), before);
        await store.release();
      });
  }

  it('G3: is an error in lines', async () => {
    const store = await published(fixture, [['kept', 'old']]);
    await store.startGeneration(2, checkpoint('healing'), 'lines');
    const [row] = await fixture.sql('SELECT number FROM _replicator.pipelines');
    await fixture.sql(TRIGGER('INSERT', `_replicator.lines_${String(row?.['number'])}`));
    const fix = await refused(stage(store, [put('b'), put('dropped')]), '"_replicator"."lines_');
    assert.deepEqual(await store.readLedger('lines'), []);
    await fixture.sql(fix);
    await stage(store, [put('b'), put('dropped')]);
    assert.equal((await store.publishHeal(() => checkpoint('healed'))).rows, 3);
    await store.release();
  });

  it('is noted by check', async () => {
    const store = await published(fixture, []);
    await store.release();
    await fixture.sql(TRIGGER('INSERT', 'public.orders'));
    const lines = await fixture.destination.check([{ schema: undefined, table: 'orders' }]);
    const line = lines.find(({ found }) => /drops a row/.test(found));
    assert.match(line?.requirement ?? '', /trigger "by hand"/);
    assert.equal(line?.met, true);
    assert.match(line?.fix ?? '', /ALTER TABLE "public"\."orders" DISABLE TRIGGER "by hand";/);
  });

  it('a rule that drops deletes, created while the pipeline runs, is an error too', async () => {
    const store = await published(fixture, [['kept', 'old']], SOFT_ORDERS);
    await fixture.sql('CREATE RULE nothing AS ON DELETE TO public.orders DO INSTEAD NOTHING');
    await assert.rejects(apply(store, [bury('kept')]), {
      kind: 'fatal',
      message: /rule "nothing".*DROP RULE/,
    });
    await store.release();
  });
});
