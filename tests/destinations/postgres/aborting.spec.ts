import assert from 'node:assert/strict';
import { Client } from 'pg';
import type { Clock } from '../../../runtime/clock';
import { onAbort } from '../../../runtime/abort';
import { PostgresDestination } from '../../../runtime/destinations/postgres/destination';
import { PostgresServer } from '../../../runtime/destinations/postgres/connection/server';
import { requirePostgres } from '../../postgres-server';
import { checkpoint, COLUMNS, JSON_TYPE, loadRows, ORDERS, published, upsert } from '../conformance/orders';
import {
  destinationAt,
  NO_SECRETS,
  postgresFixture,
  type PostgresFixture,
  settingsOf,
} from '../postgres-fixture';
import { Relay } from './relay';

/** A clock on which pauses end only by their signal. */
class StandingClock implements Clock {
  /** Called when a pause begins. */
  onPause: () => void = () => undefined;
  /** Pauses end at once. */
  isRunning = false;

  elapsedMs(): number {
    return 0;
  }

  sleep(_ms: number, signal?: AbortSignal): Promise<void> {
    if (this.isRunning) return Promise.resolve();
    this.onPause();
    return new Promise((_, reject) => onAbort(signal, () => reject(signal?.reason as Error)));
  }
}

describe('destination postgres: waiting ends when its signal aborts', () => {
  before(requirePostgres);

  const reason = new Error('no longer wanted');
  const clock = new StandingClock();
  let fixture: PostgresFixture;
  let other: Client;
  let stop: AbortController;
  beforeEach(async () => {
    fixture = await postgresFixture({ clock });
    other = new Client(fixture.database.url);
    await other.connect();
    stop = new AbortController();
    clock.onPause = () => stop.abort(reason);
    clock.isRunning = false;
  });
  afterEach(async () => {
    await other.end();
    await fixture.cleanup();
  });

  const waitingFor = async (table: string) => {
    const [row] = await fixture.sql(
      `SELECT count(*) AS sessions FROM pg_locks WHERE NOT granted AND relation = '${table}'::regclass`,
    );
    return Number(row?.['sessions']);
  };

  it('a comparison, which the server stops too', async () => {
    const store = await published(fixture, [['a', '1']]);
    await store.startVerify();
    await other.query('BEGIN; LOCK TABLE _replicator.verify_1 IN ACCESS EXCLUSIVE MODE');
    const compared = assert.rejects(store.compare(1, stop.signal), reason);
    while ((await waitingFor('_replicator.verify_1')) === 0);
    stop.abort(reason);
    await compared;
    // The session that it waits for has not ended.
    while ((await waitingFor('_replicator.verify_1')) > 0)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await other.query('ROLLBACK');
    assert.equal((await store.compare(1)).differences, 1);
    await store.endVerify();
  });

  it('a lease that another process clearly holds', async () => {
    await published(fixture, [['a', '1']]);
    await fixture.sql(
      `INSERT INTO _replicator.presences VALUES ('other', 'elsewhere', 4711, '{orders}', clock_timestamp() + interval '1 hour', NULL)`,
    );
    const second = new PostgresDestination(fixture.settings, NO_SECRETS, { clock });
    try {
      await assert.rejects(second.lease(ORDERS, stop.signal), reason);
    } finally {
      await second.close();
    }
  });

  it('a lease that waits for another process to create the bookkeeping tables', async () => {
    await published(fixture, [['a', '1']]);
    await other.query('BEGIN; SELECT pg_advisory_xact_lock(1836411001, 0)');
    const leased = assert.rejects(
      fixture.destination.lease({ ...ORDERS, pipeline: 'another', table: 'another' }, stop.signal),
      reason,
    );
    const waiting = `SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory' AND classid = 1836411001`;
    while ((await fixture.sql(waiting)).length === 0);
    stop.abort(reason);
    await leased;
  });

  it('a widening that waits for readers of the table, which changes nothing and succeeds later', async () => {
    const store = await published(fixture, [['a', '1']]);
    await other.query('BEGIN; SELECT * FROM orders');
    const wider = COLUMNS.map((column) =>
      column.name === 'value' ? { ...column, type: JSON_TYPE } : column,
    );
    await assert.rejects(store.widen(wider, stop.signal), reason);
    assert.deepEqual(await store.readColumns(), COLUMNS);
    await other.query('ROLLBACK');
    await store.widen(wider, new AbortController().signal);
    await store.startGeneration(2, checkpoint('second'));
    await loadRows(store, [['a', '"1"']], { generation: 2, columns: wider });
  });

  it('a publish that waits for a lock on the table, which changes nothing and succeeds later', async () => {
    const store = await published(fixture, [['a', '1']]);
    await store.startGeneration(2, checkpoint('second'));
    await loadRows(store, [['b', '2']], { generation: 2 });
    await other.query('BEGIN; LOCK TABLE orders IN SHARE MODE');
    const publish = (signal?: AbortSignal) => store.publish(() => checkpoint('published again'), signal);
    const stopped = assert.rejects(publish(stop.signal), reason);
    while ((await waitingFor('orders')) === 0);
    stop.abort(reason);
    await stopped;
    await other.query('ROLLBACK');
    clock.isRunning = true;
    assert.equal((await store.readCheckpoint())?.head, 'second');
    assert.equal((await publish()).rows, 1);
  });

  it('a change with a key too long for an index that waits for readers of the table, when the lease ends', async () => {
    await published(fixture, [['a', '1']]);
    const store = await fixture.destination.lease(ORDERS, stop.signal);
    await other.query('BEGIN; SELECT * FROM orders');
    const batch = { columns: COLUMNS, changes: [upsert('k'.repeat(3_000), ['1'])] };
    await assert.rejects(store.apply('visible', batch, checkpoint('long')), reason);
    await other.query('ROLLBACK');
  });

  it('a connection that nobody accepts, and the check of another connection whose answer has arrived', async () => {
    const relay = await Relay.to(fixture.database.url);
    const patience = { connectMs: 600_000, silenceMs: 50 };
    const none = () => Promise.reject(new Error('there are no secrets here'));
    const server = new PostgresServer(settingsOf(relay.url(fixture.database.url)), none, patience);
    const until = async (isAsked: boolean) => {
      while (relay.isAsked !== isAsked) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    try {
      const connection = await server.connect();
      relay.takesConnections = false;
      const answered = server.answer(connection, () => connection.query('SELECT pg_sleep(1)'));
      await until(true);
      await answered;
      await until(false);
      const connected = assert.rejects(server.connect(stop.signal), reason);
      await until(true);
      stop.abort(reason);
      await connected;
      await until(false);
      await connection.close();
    } finally {
      await relay.close();
    }
  });

  it('inspecting or probing a server that accepts no connection', async () => {
    const relay = await Relay.to(fixture.database.url);
    const destination = destinationAt(relay.url(fixture.database.url), { patience: { connectMs: 600_000 } });
    relay.takesConnections = false;
    try {
      const looked = assert.rejects(destination.inspect(ORDERS.pipeline, stop.signal), reason);
      const probed = assert.rejects(destination.probe(stop.signal), reason);
      while (!relay.isAsked) await new Promise((resolve) => setTimeout(resolve, 10));
      stop.abort(reason);
      await looked;
      await probed;
      await destination.close();
    } finally {
      await relay.close();
    }
  });
});
