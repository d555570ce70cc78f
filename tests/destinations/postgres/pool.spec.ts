import assert from 'node:assert/strict';
import type { Connection } from '../../../runtime/destinations/postgres/connection/connection';
import { ConnectionPool, type ConnectionUser } from '../../../runtime/destinations/postgres/connection/pool';
import type { PostgresServer } from '../../../runtime/destinations/postgres/connection/server';
import { Session } from '../../../runtime/destinations/postgres/connection/session';
import { derivedRandom } from '../../../simulator/random';
import { seed } from '../../seeds';

/** Uses the pool like a session, with numbers for connections. */
class User implements ConnectionUser {
  private connection: number | undefined;

  constructor(
    readonly name: string,
    private readonly pool: ConnectionPool,
    private readonly server: { opened: number },
  ) {}

  handOver(): Connection {
    const { connection } = this;
    assert.ok(connection !== undefined, `${this.name} has nothing to hand over`);
    this.connection = undefined;
    return connection as unknown as Connection;
  }

  async use<T>(work: (connection: number) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (this.connection === undefined) {
      this.connection = (await this.pool.acquire(signal)) as unknown as number | undefined;
      if (this.connection === undefined) {
        this.connection = ++this.server.opened;
        this.pool.connected();
      }
    } else {
      this.pool.use(this);
    }
    try {
      return await work(this.connection);
    } finally {
      this.pool.rest(this);
    }
  }

  close(): void {
    if (this.connection === undefined) return;
    this.connection = undefined;
    this.pool.release(this, true);
  }
}

/** Sessions whose connections record each use, and close once `closed` is called. */
function slowToClose(connections: number) {
  const closing: (() => void)[] = [];
  let opened = 0;
  const pool = new ConnectionPool(connections);
  const connect = async () => {
    const name = `connection ${++opened}`;
    return {
      isBroken: false,
      query: async () => used.push(name),
      close: () => new Promise<void>((resolve) => closing.push(resolve)),
    };
  };
  const used: string[] = [];
  const answer = async (_: Connection, call: () => Promise<unknown>) => call();
  const server = { pool, connect, answer, patience: { silenceMs: 1 } } as unknown as PostgresServer;
  return { session: () => new Session(server), used, closed: () => closing.shift()?.() };
}

describe('destination postgres: one pool of connections', () => {
  const once = () => new Promise<void>((resolve) => setImmediate(resolve));

  it('a user keeps its connection while nobody else needs it', async () => {
    const server = { opened: 0 };
    const pool = new ConnectionPool(5);
    const users = ['a', 'b', 'c'].map((name) => new User(name, pool, server));
    for (const round of [1, 2, 3])
      for (const [i, user] of users.entries()) {
        assert.equal(await user.use(async (connection) => connection), i + 1, `round ${round}`);
      }
    assert.equal(server.opened, 3);
  });

  it('the user that was idle longest hands its connection to the one that waited longest', async () => {
    const server = { opened: 0 };
    const pool = new ConnectionPool(4);
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new User(name, pool, server)) as [User, User, User];
    await a.use(once);
    await b.use(once);
    assert.equal(await c.use(async (connection) => connection), 1, 'that of a');
    assert.equal(await a.use(async (connection) => connection), 2, 'that of b');
    assert.equal(server.opened, 2);
  });

  it('a user that stops waiting takes nothing from the others', async () => {
    const server = { opened: 0 };
    const pool = new ConnectionPool(4);
    const users = ['a', 'b', 'c', 'd'].map((name) => new User(name, pool, server)) as [
      User,
      User,
      User,
      User,
    ];
    let end: () => void = () => undefined;
    const long = new Promise<void>((resolve) => (end = resolve));
    const busy = [users[0].use(() => long), users[1].use(() => long)];
    await once();
    const stop = new AbortController();
    const waiting = users[2].use(once, stop.signal);
    const next = users[3].use(once);
    stop.abort(new Error('stopped'));
    await assert.rejects(waiting, /stopped/);
    end();
    await Promise.all([...busy, next]);
  });

  it('after a stop nobody connects, but a user that can take over a connection commits pending work', async () => {
    const server = { opened: 0 };
    const pool = new ConnectionPool(8);
    const [a, b] = ['a', 'b'].map((name) => new User(name, pool, server)) as [User, User];
    const stopped = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(b.use(once, stopped), /stopped/);
    await a.use(once);
    await b.use(once, stopped);
    assert.equal(server.opened, 1);
  });

  it('a server with fewer connections is shared through those that it has', async () => {
    const pool = new ConnectionPool(8);
    assert.equal(pool.setAside(), false, 'nobody has a connection to wait for');
    const server = { opened: 0 };
    const [a, b] = ['a', 'b'].map((name) => new User(name, pool, server)) as [User, User];
    await a.use(once);
    await pool.acquire();
    assert.equal(pool.setAside(), true);
    await b.use(once);
  });

  it('a connection that is being closed is handed to nobody, and its place is taken once it is closed', async () => {
    const { session, used, closed } = slowToClose(4);
    const [a, b, c, d] = [session(), session(), session(), session()] as [Session, Session, Session, Session];
    await a.maintain('first');
    await b.maintain('second');
    const closing = a.close();
    await c.maintain('third');
    // In use from here on.
    await c.connect();
    const waiting = d.maintain('fourth');
    await once();
    assert.deepEqual(used, ['connection 1', 'connection 2', 'connection 2']);
    closed();
    await Promise.all([closing, waiting]);
    assert.deepEqual(used.slice(3), ['connection 3']);
  });

  it('no two users share a connection, no more than the maximum are open, and every user gets its turn', async () => {
    const random = derivedRandom(seed(), 'pool');
    for (let run = 0; run < 200; run++) {
      const server = { opened: 0 };
      const connections = random.integer(4, 10);
      const pool = new ConnectionPool(connections);
      const inUse = new Set<number>();
      const users = Array.from({ length: random.integer(1, 20) }, (_, i) => new User(`${i}`, pool, server));
      await Promise.all(
        users.map(async (user) => {
          for (let turn = random.integer(1, 6); turn > 0; turn--) {
            await user.use(async (connection) => {
              assert.ok(!inUse.has(connection), `SEED=${seed()}, run ${run}`);
              inUse.add(connection);
              assert.ok(inUse.size <= connections - 2);
              for (let pauses = random.integer(0, 3); pauses > 0; pauses--) await once();
              inUse.delete(connection);
            });
            if (random.integer(0, 3) === 0) user.close();
          }
        }),
      );
    }
  });
});
