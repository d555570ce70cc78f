import assert from 'node:assert/strict';
import { Client } from 'pg';
import { DestinationUnavailable } from '../../../runtime/destinations/errors';
import {
  type Backend,
  backendOf,
  WHICH_BACKEND,
} from '../../../runtime/destinations/postgres/connection/backend';
import type { Connection } from '../../../runtime/destinations/postgres/connection/connection';
import { LostSessions } from '../../../runtime/destinations/postgres/connection/lost-sessions';
import { PostgresServer } from '../../../runtime/destinations/postgres/connection/server';
import { Session } from '../../../runtime/destinations/postgres/connection/session';
import { asAdministrator, requirePostgres } from '../../postgres-server';
import { postgresFixture, type PostgresFixture, settingsOf } from '../postgres-fixture';

const ROLE = `replicator_plain_${process.pid}`;

describe('destination postgres: sessions whose connections were abandoned', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  let server: PostgresServer;
  let connection: Connection;
  let other: Client;
  before(() => asAdministrator(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'plain'`));
  after(() => asAdministrator(`DROP ROLE ${ROLE}`));
  beforeEach(async () => {
    fixture = await postgresFixture();
    other = new Client(fixture.database.url);
    other.on('error', () => undefined);
    await other.connect();
  });
  afterEach(async () => {
    connection.destroy(new Error('the test is over'));
    await other.end().catch(() => undefined);
    await fixture.cleanup();
  });

  const open = async (endingMs: number, role?: string) => {
    const url = new URL(fixture.database.url);
    if (role !== undefined) [url.username, url.password] = [role, 'plain'];
    const patience = { endingMs };
    server = new PostgresServer(settingsOf(url.href), () => Promise.reject(new Error('none')), patience);
    connection = await server.connect();
  };
  const backendOfOther = async (): Promise<Backend> => {
    const { rows } = await other.query<Record<string, string>>(`SELECT ${WHICH_BACKEND}`);
    return backendOf({ ...rows[0], pid: String(rows[0]!['pid']) }, false);
  };
  const end = async (backend: Backend) => {
    const lost = new LostSessions();
    lost.add(backend);
    await lost.end(server, connection);
    assert.ok(lost.isEmpty);
  };

  it('have ended when they are reported as ended', async () => {
    await open(10_000);
    const backend = await backendOfOther();
    await end(backend);
    assert.deepEqual(await fixture.sql(`SELECT FROM pg_stat_activity WHERE pid = ${backend.pid}`), []);
  });

  it('are distinguished from later ones with the same process number', async () => {
    await open(10_000);
    await end({ ...(await backendOfOther()), startedAt: '1767000000.000001' });
    await other.query('SELECT 1');
  });

  it('are distinguished from those of another role, whose times are hidden, and from those of a restarted server', async () => {
    await open(1_000, ROLE);
    const backend = await backendOfOther();
    await end({ ...backend, role: 'of another application' });
    await open(1_000);
    await end({ ...backend, serverStartedAt: '1767000000.000001' });
    await other.query('SELECT 1');
  });

  it('are distinguished, behind a pooler, from transactions of others in the same process', async () => {
    await open(10_000);
    const backend = await backendOfOther();
    await other.query('BEGIN');
    const { rows } = await other.query<{ at: string }>(`SELECT extract(epoch FROM now())::text AS at`);
    await end({ ...backend, transactionAt: '1767000000.000001' });
    await other.query('SELECT 1');
    await end({ ...backend, transactionAt: rows[0]!.at });
    await assert.rejects(other.query('SELECT 1'));
  });

  it('are named and waited for when the role may not end them', async () => {
    await open(100, ROLE);
    const backend = await backendOfOther();
    await assert.rejects(end(backend), (error) => {
      assert.ok(error instanceof DestinationUnavailable, String(error));
      assert.match(
        error.message,
        new RegExp(`process ${backend.pid}\\) lost its connection and belongs to role `),
      );
      assert.match(
        error.message,
        new RegExp(`waits for it to end.*SELECT pg_terminate_backend\\(${backend.pid}\\);$`),
      );
      return true;
    });
    await open(10_000, ROLE);
    const ending = end(backend);
    await other.end();
    await ending;
  });

  it('are waited for no longer than their signal allows', async () => {
    await open(600_000, ROLE);
    const lost = new LostSessions();
    lost.add(await backendOfOther());
    const reason = new Error('no longer wanted');
    const stop = new AbortController();
    const session = new Session(server, { lost, stop: stop.signal });
    setTimeout(() => stop.abort(reason), 50);
    await Promise.all([
      assert.rejects(lost.end(server, connection, stop.signal), reason),
      assert.rejects(session.connect(), reason),
    ]);
    await session.close();
    assert.ok(!lost.isEmpty);
  });

  it('are detected by the server within seconds when their client is gone', async () => {
    await open(10_000);
    const { rows } = await connection.query(
      `SELECT current_setting('tcp_keepalives_idle')::int + current_setting('tcp_keepalives_interval')::int *
         current_setting('tcp_keepalives_count')::int AS after, current_setting('tcp_user_timeout') AS unacknowledged`,
    );
    assert.deepEqual(rows, [{ after: '14', unacknowledged: '30000' }]);
  });
});
