import assert from 'node:assert/strict';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import { CommitOutcomeUnknown } from '../../../runtime/destinations/errors';
import { PostgresServer } from '../../../runtime/destinations/postgres/connection/server';
import { Session } from '../../../runtime/destinations/postgres/connection/session';
import type { PostgresDestination } from '../../../runtime/destinations/postgres/destination';
import { requirePostgres } from '../../postgres-server';
import { full, quickIf } from '../../tiers/tier';
import { checkpoint, COLUMNS, loadRows, ORDERS, upsert } from '../conformance/orders';
import { openLoad } from '../conformance/rows-load';
import { destinationAt, postgresFixture, type PostgresFixture, settingsOf } from '../postgres-fixture';
import { Relay } from './relay';

const IMPATIENT = { patience: { connectMs: 2_000, silenceMs: 300, poolMs: 600 } };
/** As in a protocol message, unlike READ COMMITTED. */
const COMMIT = 'COMMIT\0';
/** Longer than the end of a message, shorter than a transaction. */
const LAST_BYTES = 200;

const apply = (store: PipelineStore, head: string, id = head) =>
  store.apply('visible', { columns: COLUMNS, changes: [upsert(id, [head])] }, checkpoint(head));

/** Whether there is a pooler in between, or seems to be. Then the process of a connection is known only for a transaction. */
for (const pooled of [false, true]) {
  describe(`destination postgres${pooled ? ' behind a pooler' : ''}: data of a connection arrives late`, () => {
    before(requirePostgres);

    let fixture: PostgresFixture;
    let relay: Relay;
    let destination: PostgresDestination;
    let store: PipelineStore;
    beforeEach(async () => {
      fixture = await postgresFixture();
      relay = await Relay.to(fixture.database.url);
      relay.looksLikePooler = pooled;
      destination = destinationAt(relay.url(fixture.database.url), IMPATIENT);
      store = await destination.lease(ORDERS);
      await store.widen(COLUMNS);
      await store.startGeneration(1, checkpoint('generation 1'));
      await loadRows(store, [['a', '1']]);
      await store.publish(() => checkpoint('published'));
    });
    afterEach(async () => {
      await destination.close();
      await store.release().catch(() => undefined);
      await relay.close();
      await fixture.cleanup();
    });

    const head = async () => (await store.readCheckpoint())?.head;
    const ids = async () => (await fixture.sql('SELECT id FROM orders ORDER BY id')).map(({ id }) => id);

    const { it } = quickIf(!pooled);
    for (const [what, lastBytes] of [
      ['a batch', Infinity],
      ['the end of a batch', LAST_BYTES],
    ] as const) {
      it(`C3: does not execute ${what} that arrives after it was looked up`, async () => {
        const late = relay.lateAt(COMMIT, lastBytes);
        await assert.rejects(apply(store, 'first'), CommitOutcomeUnknown);
        assert.equal(await head(), 'published');
        assert.equal((await late).arrive(), false);
        await apply(store, 'second');
        assert.equal(await head(), 'second');
        assert.deepEqual(await ids(), ['a', 'second']);
      });
    }

    it('C3: does not execute the commit of a file that arrives after it was looked up', async () => {
      await store.startGeneration(2, checkpoint('generation 2'));
      const load = await openLoad(store, 'shadow', 2, COLUMNS);
      await load.append([['b', '2']]);
      const late = relay.lateAt(COMMIT);
      await assert.rejects(load.commit([{ file: 'file', items: 1 }]), CommitOutcomeUnknown);
      assert.deepEqual(await store.readLedger('shadow'), []);
      assert.equal((await late).arrive(), false);
      await loadRows(store, [['b', '2']], { generation: 2 });
      assert.equal((await store.publish(() => checkpoint('published again'))).rows, 1);
    });

    it('C3: does not execute a publish that arrives after it was looked up', async () => {
      await store.startGeneration(2, checkpoint('generation 2'));
      await loadRows(store, [['b', '2']], { generation: 2 });
      const publish = () => store.publish(() => checkpoint('published again'));
      const late = relay.lateAt(COMMIT);
      await assert.rejects(publish(), CommitOutcomeUnknown);
      assert.equal(await head(), 'generation 2');
      assert.equal((await late).arrive(), false);
      await publish();
      assert.deepEqual(await ids(), ['b']);
    });

    it('C3: looks up a file when its session could not be ended at first', async () => {
      await store.startGeneration(2, checkpoint('generation 2'));
      const load = await openLoad(store, 'shadow', 2, COLUMNS);
      await load.append([['b', '2']]);
      const late = relay.lateAt(COMMIT);
      const committing = load.commit([{ file: 'file', items: 1 }]);
      committing.catch(() => undefined);
      await late;
      relay.endsConnections = true;
      await assert.rejects(committing, CommitOutcomeUnknown);
      relay.endsConnections = false;
      assert.deepEqual(await store.readLedger('shadow'), []);
      assert.equal((await late).arrive(), false);
      await loadRows(store, [['b', '2']], { generation: 2 });
    });

    full.it('a load that went silent does not block its table for the next generation', async () => {
      await store.startGeneration(2, checkpoint('generation 2'));
      const load = await openLoad(store, 'shadow', 2, COLUMNS);
      await load.append(Array.from({ length: 3_000 }, (_, i) => [`${i}`, 'x'.repeat(1_000)]));
      const late = relay.lateAt('the load was given up');
      await store.startGeneration(3, checkpoint('generation 3'));
      assert.equal((await late).arrive(), false);
      await load.rollback();
    });

    quickIf(false).it('a transaction whose BEGIN went silent is started again', async () => {
      const isHeld = relay.holdAt('BEGIN ISOLATION LEVEL READ COMMITTED');
      await assert.rejects(apply(store, 'first'), { kind: 'retry' });
      await isHeld;
      await apply(store, 'second');
      assert.equal(await head(), 'second');
    });

    quickIf(false).it('waits for a long statement, in a transaction or after one', async () => {
      const settings = settingsOf(relay.url(fixture.database.url));
      const none = () => Promise.reject(new Error('none'));
      const server = new PostgresServer(settings, none, IMPATIENT.patience);
      const session = new Session(server);
      await session.transaction((transaction) => transaction.run('SELECT pg_sleep(1.5)'));
      const connection = await session.connect();
      await server.answer(connection, () => connection.query('SELECT pg_sleep(1.5)'));
      await session.close();
    });

    it('a pipeline whose registration went silent is registered again, and the old locks are released', async () => {
      const target = { ...ORDERS, pipeline: 'other', table: 'other' };
      const late = relay.lateAt('INSERT INTO _replicator.pipelines');
      await assert.rejects(destination.lease(target), { kind: 'retry' });
      const other = await destination.lease(target);
      assert.equal((await late).arrive(), false);
      await other.release();
    });

    it('a lookup for requests that went silent does not block the next one', async () => {
      const { control } = destination;
      assert.ok(control.kind === 'mailbox');
      await control.mailbox.announce({ id: 'one', host: 'here', pid: 1, tables: ['orders'] });
      await fixture.sql(`UPDATE _replicator.presences SET seen = seen - interval '1 hour'`);
      const late = relay.lateAt(COMMIT);
      await assert.rejects(control.mailbox.collect(), CommitOutcomeUnknown);
      assert.deepEqual(await control.mailbox.collect(), []);
      assert.equal((await late).arrive(), false);
    });
  });
}
