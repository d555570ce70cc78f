import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineStore } from '../../../runtime/destinations/destination';
import {
  CommitOutcomeUnknown,
  CommitsLost,
  DestinationUnavailable,
  DestinationUnusable,
  UnknownCommit,
} from '../../../runtime/destinations/errors';
import type { PostgresDestination } from '../../../runtime/destinations/postgres/destination';
import { type PostgresOptions } from '../../../runtime/destinations/postgres/destination';
import { PostgresServer } from '../../../runtime/destinations/postgres/connection/server';
import { Session } from '../../../runtime/destinations/postgres/connection/session';
import { LocalPostgres, NoPostgres, findInstallations } from '../../../demo/postgres';
import { requirePostgres } from '../../postgres-server';
import { skipLoudly } from '../../skip-loudly';
import { full } from '../../tiers/tier';
import { checkpoint, COLUMNS, loadRows, ORDERS, upsert } from '../conformance/orders';
import { openLoad } from '../conformance/rows-load';
import { destinationAt, postgresFixture, type PostgresFixture, settingsOf } from '../postgres-fixture';
import { Relay } from './relay';

/** Detects a hung server within the time of a test. */
const IMPATIENT = { patience: { connectMs: 2_000, silenceMs: 500, endingMs: 1_000 } };

/** As in a protocol message, unlike READ COMMITTED. */
const COMMIT = 'COMMIT\0';

const apply = (store: PipelineStore, head: string, id = head) =>
  store.apply('visible', { columns: COLUMNS, changes: [upsert(id, [head])] }, checkpoint(head));

async function publishedAt(destination: PostgresDestination): Promise<PipelineStore> {
  const store = await destination.lease(ORDERS);
  await store.widen(COLUMNS);
  await store.startGeneration(1, checkpoint('generation 1'));
  await loadRows(store, [['a', '1']]);
  await store.publish(() => checkpoint('published'));
  return store;
}

describe('destination postgres: connections that break', () => {
  before(requirePostgres);

  let fixture: PostgresFixture;
  let relay: Relay;
  let destination: PostgresDestination;
  let store: PipelineStore;
  const open = (options: PostgresOptions = IMPATIENT) => {
    return destinationAt(relay.url(fixture.database.url), options);
  };
  beforeEach(async () => {
    fixture = await postgresFixture();
    relay = await Relay.to(fixture.database.url);
    destination = open();
    store = await publishedAt(destination);
  });
  afterEach(async () => {
    await destination.close();
    await store.release().catch(() => undefined);
    await relay.close();
    await fixture.cleanup();
  });

  const heads = async () => (await store.readCheckpoint())?.head;

  for (const when of ['before', 'after'] as const) {
    it(`C3: reads back the checkpoint of a batch whose connection broke ${when} the server had it`, async () => {
      void relay.cutAt(COMMIT, when);
      await assert.rejects(apply(store, 'first'), CommitOutcomeUnknown);
      assert.equal(await heads(), when === 'after' ? 'first' : 'published');
      await apply(store, 'second');
      const rows = await fixture.sql('SELECT id FROM orders ORDER BY id');
      const expected = when === 'after' ? ['a', 'first', 'second'] : ['a', 'second'];
      assert.deepEqual(
        rows.map(({ id }) => id),
        expected,
      );
    });

    it(`C3: looks up a file in the ledger when its connection broke ${when} the server had the commit`, async () => {
      await store.startGeneration(2, checkpoint('generation 2'));
      const load = await openLoad(store, 'shadow', 2, COLUMNS);
      await load.append([['b', '2']]);
      void relay.cutAt(COMMIT, when);
      await assert.rejects(load.commit([{ file: 'file', items: 1 }]), CommitOutcomeUnknown);
      assert.equal((await store.readLedger('shadow')).length, when === 'after' ? 1 : 0);
      if (when === 'before') await loadRows(store, [['b', '2']], { generation: 2 });
      assert.equal((await store.publish(() => checkpoint('published again'))).rows, 1);
    });

    it(`C3: reads back a publish whose connection broke ${when} the server had the commit`, async () => {
      await store.startGeneration(2, checkpoint('generation 2'));
      await loadRows(store, [['b', '2']], { generation: 2 });
      void relay.cutAt(COMMIT, when);
      const publish = () => store.publish(() => checkpoint('published again'));
      await assert.rejects(publish(), CommitOutcomeUnknown);
      assert.equal(await heads(), when === 'after' ? 'published again' : 'generation 2');
      if (when === 'before') await publish();
      assert.deepEqual(await fixture.sql('SELECT id FROM orders'), [{ id: 'b' }]);
    });
  }

  it('C3: a lost load that does not end delays only the lookup of its file, no commit of the writer', async () => {
    await store.startGeneration(2, checkpoint('generation 2'));
    const load = await openLoad(store, 'shadow', 2, COLUMNS);
    await load.append([['b', '2']]);
    // The server may not have received everything that was sent yet.
    const copying = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY %'`;
    let [found] = await fixture.sql(copying);
    while (found === undefined) [found] = await fixture.sql(copying);
    const pid = Number(found['pid']);
    // It neither answers nor ends.
    process.kill(pid, 'SIGSTOP');
    try {
      await assert.rejects(load.commit([{ file: 'file', items: 1 }]), { kind: 'retry' });
      await apply(store, 'meanwhile');
      assert.equal(await heads(), 'meanwhile');
      await assert.rejects(store.readLedger('shadow'), /does not end/);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    assert.deepEqual(await store.readLedger('shadow'), []);
  });

  it('one that the server ends between two transactions is replaced without an error', async () => {
    await fixture.sql(
      `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    await relay.emptied();
    await apply(store, 'first');
    assert.equal(await heads(), 'first');
    assert.equal((await destination.inspect(ORDERS.pipeline))?.rows, 2);
  });

  it('one that the server ends within a transaction is reported as that', async () => {
    const noSecret = () => Promise.reject(new Error('none'));
    const session = new Session(new PostgresServer(settingsOf(relay.url(fixture.database.url)), noSecret));
    const connection = await session.connect();
    const broken = session.transaction(async (transaction) => {
      const [own] = await transaction.rows('SELECT pg_backend_pid() AS pid');
      await fixture.sql(`SELECT pg_terminate_backend(${own?.['pid']}, 5000)`);
      while (!connection.isBroken) await new Promise((resolve) => setImmediate(resolve));
      await transaction.run('SELECT 1');
    });
    await assert.rejects(broken, /ended the connection.*terminating connection due to administrator command/);
    await session.close();
  });

  describe('one that breaks while it is replaced, such as when the server is killed again, is retried', () => {
    const LOCK = 'pg_try_advisory_lock';
    const loseConnection = async () => {
      relay.cut();
      await assert.rejects(heads(), DestinationUnavailable);
    };

    it('by the writer of the pipeline', async () => {
      await loseConnection();
      const isCut = relay.cutAt(LOCK, 'before');
      await assert.rejects(apply(store, 'first'), DestinationUnavailable);
      await isCut;
      await apply(store, 'second');
      assert.equal(await heads(), 'second');
    });

    it('by a new writer of the pipeline', async () => {
      await store.release();
      const isCut = relay.cutAt(LOCK, 'before');
      await assert.rejects(destination.lease(ORDERS), DestinationUnavailable);
      await isCut;
      store = await destination.lease(ORDERS);
      await apply(store, 'first');
      assert.equal(await heads(), 'first');
    });

    it('when the server no longer answers', async () => {
      await loseConnection();
      const isHeld = relay.holdAt(LOCK);
      await assert.rejects(apply(store, 'first'), DestinationUnavailable);
      await isHeld;
      await apply(store, 'second');
      assert.equal(await heads(), 'second');
    });
  });

  it('a load that loses its connection has loaded nothing, and can be repeated', async () => {
    await store.startGeneration(2, checkpoint('generation 2'));
    const load = await openLoad(store, 'shadow', 2, COLUMNS);
    await load.append(Array.from({ length: 5000 }, (_, i) => [`${i}`, 'x'.repeat(500)]));
    relay.cut();
    const broken = async () => {
      await load.append([['b', '2']]);
      await load.commit([{ file: 'file', items: 5001 }]);
    };
    await assert.rejects(broken(), DestinationUnavailable);
    await loadRows(store, [['b', '2']], { generation: 2 });
    assert.equal((await store.publish(() => checkpoint('published'))).rows, 1);
  });

  full.it('a server that no longer answers does not block the pipeline', async () => {
    await apply(store, 'first');
    relay.freeze();
    await assert.rejects(apply(store, 'lost'), CommitOutcomeUnknown);
    assert.equal(await heads(), 'first');
    await apply(store, 'second');
    await store.startGeneration(2, checkpoint('generation 2'));
    const load = await openLoad(store, 'shadow', 2, COLUMNS);
    relay.freeze();
    const rows = Array.from({ length: 20_000 }, (_, i) => [`${i}`, 'x'.repeat(1000)]);
    await assert.rejects(async () => {
      await load.append(rows);
      await load.commit([]);
    }, DestinationUnavailable);
    await load.rollback();
    relay.freeze();
    relay.takesConnections = false;
    await assert.rejects(store.readCheckpoint(), DestinationUnavailable);
    relay.takesConnections = true;
    assert.equal(await heads(), 'generation 2');
  });

  full.it('nor does one that also stops answering the check of what it works on', async () => {
    await apply(store, 'first');
    const isHeld = relay.holdAt('FROM pg_stat_activity WHERE pid');
    relay.freeze();
    await assert.rejects(apply(store, 'lost'), CommitOutcomeUnknown);
    await isHeld;
    assert.equal(await heads(), 'first');
  });

  it('a server that works on a statement for long is not abandoned', async () => {
    const patient = await destination.query(`SELECT pg_sleep(1.5)::text AS slept`);
    assert.equal(patient.rows.length, 1);
  });

  it('C3: an unknown commit is not treated as a lost one', async () => {
    await fixture.sql('UPDATE _replicator.heads SET commit = commit + 1');
    await assert.rejects(apply(store, 'next'), UnknownCommit);
    await assert.rejects(store.readCheckpoint(), UnknownCommit);
    await store.release();
    store = await destination.lease(ORDERS);
    await apply(store, 'next');
    assert.equal(await heads(), 'next');
  });

  it('commits that the server lost in a failover are noticed, and a restart continues from those that are left', async () => {
    await apply(store, 'kept');
    const [before] = await fixture.sql('SELECT commit FROM _replicator.heads');
    await apply(store, 'lost');
    // The state of a standby that lagged behind.
    await fixture.sql(`UPDATE _replicator.heads SET head = 'kept', commit = ${String(before?.['commit'])};
      DELETE FROM orders WHERE id = 'lost'`);
    await assert.rejects(apply(store, 'next'), CommitsLost);
    await assert.rejects(store.readCheckpoint(), CommitsLost);
    await assert.rejects(store.startGeneration(2, checkpoint('generation 2')), CommitsLost);
    await store.release();
    store = await destination.lease(ORDERS);
    assert.equal(await heads(), 'kept');
    await apply(store, 'lost');
    assert.equal(await heads(), 'lost');
  });
});

describe('destination postgres: a server that becomes unreachable', () => {
  let postgres: LocalPostgres;
  let destination: PostgresDestination;
  let store: PipelineStore;
  before(async function () {
    if (findInstallations().length === 0) skipLoudly(this, new NoPostgres().message);
    postgres = await LocalPostgres.start();
    destination = destinationAt(postgres.url());
    store = await publishedAt(destination);
  });
  after(async () => {
    await store?.release();
    await destination?.close();
    await postgres?.stop();
  });

  const head = async () => (await store.readCheckpoint())?.head;

  for (const how of ['fast', 'crash'] as const) {
    it(`is retried through a restart (${how}), and has what it had committed`, async () => {
      await apply(store, `before ${how}`);
      await postgres.halt(how);
      for (let tries = 0; tries < 3; tries++) {
        await assert.rejects(apply(store, `while away ${how}`), (error) => {
          assert.ok(
            error instanceof DestinationUnavailable || error instanceof CommitOutcomeUnknown,
            String(error),
          );
          return true;
        });
      }
      await assert.rejects(destination.probe(), { kind: 'retry', message: /No answer from|broke|ended/ });
      await postgres.startAgain();
      assert.equal(await head(), `before ${how}`);
      await apply(store, `after ${how}`);
      assert.equal(await head(), `after ${how}`);
    });
  }

  it('is retried while it is a standby, and written to after its promotion', async () => {
    await postgres.halt('fast');
    const signal = join(postgres.folder, 'data', 'standby.signal');
    writeFileSync(signal, '');
    await postgres.startAgain();
    for (let tries = 0; tries < 2; tries++) {
      await assert.rejects(apply(store, 'refused'), (error) => {
        assert.ok(error instanceof DestinationUnavailable, String(error));
        assert.match(error.message, /accepts no writes.*standby.*writer's address/);
        return true;
      });
    }
    await assert.rejects(destination.probe(), { kind: 'retry', message: /standby/ });
    await destination.query('SELECT pg_promote()');
    await apply(store, 'promoted');
    assert.equal(await head(), 'promoted');
  });

  it('that never existed is named by its address', async () => {
    const url = new URL(postgres.url());
    url.port = '1';
    const nowhere = destinationAt(url.href);
    await assert.rejects(nowhere.probe(), (error) => {
      assert.ok(error instanceof DestinationUnavailable);
      assert.match(error.message, /No answer from PostgreSQL database postgres on 127\.0\.0\.1:1/);
      return true;
    });
    assert.ok(!(DestinationUnusable.prototype instanceof DestinationUnavailable));
  });
});
