import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import { DestinationUnavailable, LeaseLost, PipelineHeld } from '../../../runtime/destinations/errors';
import type { Mailbox } from '../../../runtime/destinations/mailbox';
import { PostgresDestination } from '../../../runtime/destinations/postgres/destination';
import { requirePostgres } from '../../postgres-server';
import { checkpoint, COLUMNS, loadRows, ORDERS, published } from '../conformance/orders';
import { openLoad } from '../conformance/rows-load';
import { NO_SECRETS, postgresFixture, type PostgresFixture } from '../postgres-fixture';

const OTHER = { id: 'other', host: 'elsewhere', pid: 4711, tables: ['orders'] };

describe('destination postgres: two replicators of one pipeline', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  let other: PostgresDestination;
  let first: PipelineStore;
  beforeEach(async () => {
    fixture = await postgresFixture();
    other = new PostgresDestination(fixture.settings, NO_SECRETS);
    first = await published(fixture, [['a', '1']]);
  });
  afterEach(async () => {
    await other.close();
    await fixture.cleanup();
  });

  const mailbox = (): Mailbox => {
    const { control } = fixture.destination;
    assert.ok(control.kind === 'mailbox');
    return control.mailbox;
  };

  it('the second is refused while the first renews its presence, and names it', async () => {
    await mailbox().announce(OTHER);
    // It renews its presence whenever it checks for requests.
    let isAlive = true;
    const beating = (async () => {
      for (; isAlive; await pause(100))
        await fixture.sql(`UPDATE _replicator.presences SET seen = clock_timestamp()`);
    })();
    try {
      await assert.rejects(other.lease(ORDERS), (error) => {
        assert.ok(error instanceof PipelineHeld, String(error));
        assert.equal(error.kind, 'fatal');
        assert.match(error.message, /Process 4711 on elsewhere already replicates.*kill 4711.*--to/);
        return true;
      });
    } finally {
      isAlive = false;
      await beating;
    }
    await first.save(checkpoint('it continues'));
    const customers = await other.lease({ ...ORDERS, pipeline: '1/eu/customers', table: 'customers' });
    await customers.release();
  });

  it('the second takes over at once when the first has released the pipeline', async () => {
    await mailbox().announce(OTHER);
    await first.release();
    const second = await other.lease(ORDERS);
    await second.save(checkpoint('second'));
    await second.release();
  });

  it('the second takes over at once when the connection of the first is gone, such as after kill -9', async () => {
    await mailbox().announce(OTHER);
    await fixture.sql(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    assert.deepEqual(await mailbox().present(), []);
    const second = await other.lease(ORDERS);
    await assert.rejects(first.save(checkpoint('first')), LeaseLost);
    await second.release();
  });

  it('the second takes over from one that has the lock but does not renew its presence', async () => {
    const second = await other.lease(ORDERS);
    assert.ok(second.epoch > first.epoch);
    await assert.rejects(first.save(checkpoint('first')), LeaseLost);
    await second.release();
  });

  it('unfinished work of the first is ended: a load that holds the tables, and a transaction that holds the row', async () => {
    await first.startGeneration(2, checkpoint('generation 2'));
    const load = await openLoad(first, 'shadow', 2, COLUMNS);
    await load.append(Array.from({ length: 3000 }, (_, i) => [`${i}`, 'x'.repeat(1000)]));
    // Like a process that was stopped (SIGSTOP) within a transaction.
    const stopped = new Client(fixture.database.url);
    stopped.on('error', () => undefined);
    await stopped.connect();
    await stopped.query('BEGIN; SELECT pg_advisory_xact_lock_shared(1836411002, 1)');
    await stopped.query('SELECT * FROM _replicator.pipelines FOR UPDATE');
    const second = await other.lease(ORDERS);
    await second.startGeneration(3, checkpoint('generation 3'));
    await loadRows(second, [['b', '2']], { generation: 3 });
    await second.publish(() => checkpoint('published'));
    await assert.rejects(load.commit([{ file: 'file', items: 3000 }]), LeaseLost);
    await assert.rejects(stopped.query('COMMIT'));
    assert.deepEqual(await fixture.sql('SELECT id FROM orders'), [{ id: 'b' }]);
    await second.release();
  });

  it('V3: tables of a verify that a backup holds block nobody, and are dropped later', async () => {
    await first.startVerify();
    const backup = new Client(fixture.database.url);
    await backup.connect();
    await backup.query(
      'BEGIN; LOCK TABLE _replicator.verify_1, _replicator.changed_keys_1 IN ACCESS SHARE MODE',
    );
    const left = async () =>
      (await fixture.sql(`SELECT FROM pg_tables WHERE tablename ~ '^(verify|changed_keys)_'`)).length;
    try {
      await first.endVerify();
      await first.startGeneration(2, checkpoint('generation 2'));
      await first.release();
      const next = await fixture.destination.lease(ORDERS);
      assert.equal(await left(), 2);
      await assert.rejects(next.startVerify(), { kind: 'retry', message: /another session holds them/ });
      await backup.query('ROLLBACK');
      await next.startVerify();
      await next.endVerify();
      assert.equal(await left(), 0);
      await next.release();
    } finally {
      await backup.end();
    }
  });

  it('V3: a verify that the first still compares is ended and removed', async () => {
    await first.startVerify();
    let resume: () => void = () => undefined;
    const comparing = new Promise<void>((reached) =>
      fixture.onStatement(async (statement) => {
        if (!statement.includes('AS keys')) return;
        reached();
        // Like a process that was stopped: its transaction has read the tables.
        await new Promise<void>((resolve) => (resume = resolve));
      }),
    );
    const compared = assert.rejects(first.compare(1), DestinationUnavailable);
    await comparing;
    const second = await other.lease(ORDERS);
    assert.deepEqual(
      await fixture.sql(
        `SELECT tablename FROM pg_tables WHERE schemaname = '_replicator' AND tablename ~ '^(verify|changed_keys)'`,
      ),
      [],
    );
    fixture.onStatement(undefined);
    resume();
    await compared;
    await second.release();
  });
});
