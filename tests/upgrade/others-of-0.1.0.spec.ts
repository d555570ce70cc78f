import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Client } from 'pg';
import { DestinationUnusable, PipelineHeld } from '../../runtime/destinations/errors';
import { requirePostgres } from '../postgres-server';
import { PLACES, type PostgresPlace } from './places';
import { ORDERS, textOf } from './releases';

describe('an upgrade of postgres while other processes have 0.1.0', () => {
  before(requirePostgres);
  let place: PostgresPlace;
  beforeEach(async () => {
    place = await PLACES.postgres();
  });
  afterEach(() => place.remove());

  /** The sessions of a running load of 0.1.0. */
  const loading = async () => {
    const client = new Client(place.url);
    client.on('error', () => undefined);
    await client.connect();
    await client.query(`BEGIN; SELECT pg_advisory_xact_lock_shared(1836411002, 1);
      SELECT FROM _replicator.pipelines; INSERT INTO __loading_1 (id) VALUES ('not committed')`);
    return client;
  };

  it('does not wait for a running load of 0.1.0: ends it, at the first lease only', async () => {
    await place.imported(textOf('0.1.0', 'loading', 'postgres'));
    const client = await loading();
    const destination = place.opened();
    const { control } = destination;
    assert.ok(control.kind === 'mailbox');
    await control.mailbox.announce({ id: 'new', host: 'here', pid: 1, tables: ['orders'] });
    assert.deepEqual(await control.mailbox.collect(), []);
    const ended = once(client, 'error');
    await client.query('SELECT 1');
    const store = await destination.lease(ORDERS);
    await ended;
    assert.equal((await store.readCheckpoint()) === undefined, false);
    await control.mailbox.withdraw();
    await destination.close();
  });

  it('changes nothing while a 0.1.0 replicates the table, and says how to stop it', async () => {
    await place.imported(textOf('0.1.0', 'loading', 'postgres'));
    const before = await place.exported();
    const client = await loading();
    await client.query('SELECT pg_advisory_lock(1836411003, 1)');
    // It identifies itself as 0.1.0 does.
    const show = () =>
      place.run(`INSERT INTO _replicator.presences VALUES ('old', 'elsewhere', 4711, '{orders}', clock_timestamp(), NULL)
        ON CONFLICT (id) DO UPDATE SET seen = clock_timestamp()`);
    await show();
    const showing = setInterval(() => void show(), 200);
    const destination = place.opened();
    try {
      await assert.rejects(destination.lease(ORDERS), PipelineHeld);
    } finally {
      clearInterval(showing);
      await destination.close();
      await client.end();
    }
    await place.run('DELETE FROM _replicator.presences');
    assert.deepEqual(await place.exported(), before);
  });

  it('changes nothing for a role that may not alter the tables, and says who may and how', async () => {
    await place.imported(textOf('0.1.0', 'following', 'postgres'));
    const before = await place.exported();
    const { url } = place;
    const role = `upgrading_${new URL(url).pathname.slice(1)}`;
    await place.run(
      `CREATE ROLE ${role} LOGIN PASSWORD 'x'; GRANT ALL ON SCHEMA _replicator, public TO ${role};
       GRANT ALL ON ALL TABLES IN SCHEMA _replicator, public TO ${role}`,
    );
    const destination = place.openedAs(role, 'x');
    try {
      let statements = '';
      await assert.rejects(destination.lease(ORDERS), (error) => {
        assert.ok(error instanceof DestinationUnusable, String(error));
        assert.match(error.message, /Only their owner can do that.*Nothing was changed/);
        statements = /run: (.*;) then/.exec(error.message)?.[1] ?? '';
        return statements.includes('ALTER TABLE public.orders OWNER TO');
      });
      assert.deepEqual(await place.exported(), before);
      await place.run(statements);
      await (await destination.lease(ORDERS)).release();
    } finally {
      await destination.close();
      await place.run(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    }
  });

  it('fences a writer of 0.1.0 that is still running', async () => {
    await place.imported(textOf('0.1.0', 'following', 'postgres'));
    const destination = place.opened();
    await destination.lease({
      ...ORDERS,
      pipeline: '123456789012/eu-west-1/customers',
      table: 'customers',
    });
    // This is how 0.1.0 begins each commit.
    const written = await place.run(
      `UPDATE _replicator.pipelines SET head = 'its own', commits = commits + 1 WHERE number = 1 AND epoch = 1`,
    );
    assert.equal(written, 0);
    await destination.close();
  });
});
