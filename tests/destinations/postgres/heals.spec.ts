import assert from 'node:assert/strict';
import {
  type ChangeBatch,
  MOST_FOUND_KEYS,
  type PipelineStore,
  type RereadRule,
  type RowChange,
} from '../../../runtime/destinations/destination';
import { CommitOutcomeUnknown, LeaseLost } from '../../../runtime/destinations/errors';
import type { PostgresDestination } from '../../../runtime/destinations/postgres/destination';
import { requirePostgres } from '../../postgres-server';
import { idOf } from '../conformance/heal-lines';
import { checkpoint, COLUMNS, ORDERS, published, remove, upsert } from '../conformance/orders';
import { destinationAt, postgresFixture, type PostgresFixture } from '../postgres-fixture';
import { Relay } from './relay';

/** As in a protocol message, unlike READ COMMITTED. */
const COMMIT = 'COMMIT\0';
const ENTRY = { file: 'file', items: 1 };
const ALL: RereadRule = { since: 0, untimed: true, edges: [] };

async function* lines(...changes: readonly RowChange[]): AsyncGenerator<ChangeBatch> {
  yield { columns: COLUMNS, changes };
}

describe('destination postgres: heals', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  let relay: Relay;
  let destination: PostgresDestination;
  let store: PipelineStore;
  const heal = async (rows: readonly (readonly string[])[] = [['a', '1']]) => {
    store = await published({ destination }, rows);
    await store.startGeneration(2, checkpoint('healing'), 'lines');
  };
  beforeEach(async () => {
    fixture = await postgresFixture();
    relay = await Relay.to(fixture.database.url);
    destination = destinationAt(relay.url(fixture.database.url), {
      patience: { connectMs: 2_000, silenceMs: 300, poolMs: 600 },
    });
  });
  afterEach(async () => {
    await store.release().catch(() => undefined);
    await destination.close();
    await relay.close();
    await fixture.cleanup();
  });

  for (const when of ['before', 'after'] as const)
    it(`C3: a staged file is looked up in the ledger when its connection broke ${when} the server had the commit`, async () => {
      await heal();
      void relay.cutAt(COMMIT, when);
      await assert.rejects(store.stage(2, lines(upsert('b', ['2'])), ENTRY), CommitOutcomeUnknown);
      assert.equal((await store.readLedger('lines')).length, when === 'after' ? 1 : 0);
      if (when === 'before') await store.stage(2, lines(upsert('b', ['2'])), ENTRY);
      assert.equal((await store.publishHeal(() => checkpoint('healed'))).rows, 2);
    });

  it('G3: finds keys behind a pooler, too', async () => {
    relay.looksLikePooler = true;
    const ids = Array.from({ length: MOST_FOUND_KEYS + 5 }, (_, i) => `key ${i}`);
    await heal(ids.map((id) => [id, '1']));
    const found: string[] = [];
    const sizes: number[] = [];
    await store.findKeys(ALL, async (keys) => {
      sizes.push(keys.length);
      found.push(...keys.map(idOf));
      await store.stage(2, lines(remove(`key ${sizes.length}`)));
      await store.apply(
        'changes',
        { columns: COLUMNS, changes: [upsert('b', ['2'])] },
        checkpoint('applied'),
      );
    });
    assert.deepEqual(sizes, [MOST_FOUND_KEYS, 5]);
    assert.deepEqual(found.sort(), ids.sort());
    assert.equal((await store.publishHeal(() => checkpoint('healed'))).rows, ids.length - 2 + 1);
  });

  it('C2: a new writer ends a session that finds keys', async () => {
    const first = await published(fixture, [['a', '1']]);
    await first.startGeneration(2, checkpoint('healing'), 'lines');
    let resume: () => void = () => undefined;
    const finding = new Promise<void>((reached) =>
      fixture.onStatement(async (statement) => {
        if (!statement.startsWith('DECLARE')) return;
        reached();
        // Like a process that was stopped.
        await new Promise<void>((resolve) => (resume = resolve));
      }),
    );
    const found = assert.rejects(
      first.findKeys(ALL, async () => undefined),
      LeaseLost,
    );
    await finding;
    store = await destination.lease(ORDERS);
    await store.startGeneration(3, checkpoint('healing again'), 'lines');
    fixture.onStatement(undefined);
    resume();
    await found;
    await first.release();
  });

  it('G3: no table is locked and no transaction open while keys are read again', async () => {
    await heal();
    let taken = 0;
    await store.findKeys(ALL, async (keys) => {
      taken += keys.length;
      const held = await fixture.sql(
        `SELECT relation::regclass FROM pg_locks WHERE relation IN (SELECT oid FROM pg_class
           WHERE relname IN ('orders', 'lines_1', 'changes_1'))`,
      );
      const open = await fixture.sql(
        `SELECT query FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'`,
      );
      assert.deepEqual([held, open], [[], []]);
    });
    assert.equal(taken, 1);
  });

  it('G4: leaves columns of users and rows without a change alone', async () => {
    await heal([
      ['a', '1'],
      ['b', '1'],
      ['c', '1'],
    ]);
    await fixture.sql(`ALTER TABLE orders ADD COLUMN mine text DEFAULT 'x'`);
    await fixture.sql(`UPDATE orders SET mine = id`);
    await fixture.sql(`CREATE VIEW seen AS SELECT id, value, mine FROM orders`);
    const versions = `SELECT id, xmin::text AS version FROM orders WHERE id = 'c'`;
    const before = await fixture.sql(versions);
    await store.stage(2, lines(upsert('a', ['2']), remove('b'), upsert('d', ['2'])), ENTRY);
    assert.deepEqual(await store.publishHeal(() => checkpoint('healed')), {
      rows: 3,
      written: 3,
      deadLetters: 0,
    });
    assert.deepEqual(await fixture.sql('SELECT * FROM seen ORDER BY id'), [
      { id: 'a', value: '2', mine: 'a' },
      { id: 'c', value: '1', mine: 'c' },
      { id: 'd', value: '2', mine: 'x' },
    ]);
    assert.deepEqual(await fixture.sql(versions), before);
  });
});
