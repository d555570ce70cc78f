import { Mutex } from '../../mutex';
import { integer } from '../relational/sql';
import { LOCKS } from './bookkeeping';
import type { Connection } from './connection/connection';
import type { PostgresServer } from './connection/server';
import { Session } from './connection/session';

/**
 * The locks of the writers of all pipelines, on one connection that does nothing else. Behind a pooler, which shares
 * connections, there are none.
 */
export class WriterLocks {
  private readonly held = new Map<number, number>();
  private readonly mutex = new Mutex();
  private readonly session: Session;
  private connection: Connection | undefined;

  constructor(private readonly server: PostgresServer) {
    this.session = new Session(server, {
      place: 'own',
      onConnect: async (connection) => {
        for (const number of this.held.keys()) await this.lock(connection, number);
        this.connection = connection;
      },
    });
  }

  /**
   * Takes the lock. Returns false when another session has it. It is held until it is released, and taken again when
   * its connection breaks.
   */
  take(number: number, signal?: AbortSignal): Promise<boolean> {
    return this.mutex.run(async () => {
      const connection = await this.session.connect(signal);
      const isTaken = await this.lock(connection, number);
      if (isTaken) this.held.set(number, (this.held.get(number) ?? 0) + 1);
      return isTaken;
    });
  }

  /**
   * Takes the locks again after their connection broke. If another session got one meanwhile, the epoch decides which
   * of the two is fenced (rule C2).
   */
  async keep(): Promise<void> {
    if (this.connection === undefined || !this.connection.isBroken) return;
    await this.mutex.run(async () => void (await this.session.connect()));
  }

  release(number: number): Promise<void> {
    return this.mutex.run(async () => {
      const times = this.held.get(number);
      if (times === undefined) return;
      if (times > 1) this.held.set(number, times - 1);
      else this.held.delete(number);
      if (this.connection === undefined || this.connection.isBroken || this.connection.facts.pooled) return;
      const { connection } = this;
      await this.server.ask(connection, 'statement', () =>
        connection.query(`SELECT pg_advisory_unlock(${LOCKS.writer}, ${integer(number)})`),
      );
    });
  }

  close(): Promise<void> {
    return this.mutex.run(() => this.session.close());
  }

  private async lock(connection: Connection, number: number): Promise<boolean> {
    if (connection.facts.pooled) return true;
    const { rows } = await this.server.ask(connection, 'statement', () =>
      connection.query(`SELECT pg_try_advisory_lock(${LOCKS.writer}, ${integer(number)}) AS taken`),
    );
    return rows[0]?.['taken'] === 't';
  }
}
