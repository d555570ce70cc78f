import { randomUUID } from 'node:crypto';
import type { MailedRequest, Mailbox, Presence } from '../../mailbox';
import { BOOKKEEPING } from '../bookkeeping';
import type { Transaction } from '../connection/transaction';
import { createBookkeeping } from '../format';
import { appear, disappear, sightings } from './presences';

/** Runs a transaction on the connection for everything that belongs to no pipeline. */
export type InAdminSession = <T>(work: (transaction: Transaction) => Promise<T>) => Promise<T>;

/** Requests and answers as rows of `_replicator`. All times are those of the server. */
export class PostgresMailbox implements Mailbox {
  private announced: Presence | undefined;
  /** Requests that were collected and still exist. */
  private taken: ReadonlySet<string> = new Set();

  constructor(private readonly inAdminSession: InAdminSession) {}

  async announce(presence: Presence): Promise<void> {
    await this.inAdminSession(async (transaction) => {
      await createBookkeeping(transaction);
      await disappear(transaction, presence.id);
      await appear(transaction, presence);
    });
    this.announced = presence;
  }

  /** Remembers which requests were collected, so a lookup that fails after its query loses none. */
  async collect(): Promise<readonly MailedRequest[]> {
    const { announced } = this;
    if (announced === undefined) return [];
    const rows = await this.inAdminSession(async (transaction) => {
      await appear(transaction, announced);
      return transaction.rows(
        `SELECT id, body FROM ${BOOKKEEPING}.requests WHERE presence = $1 ORDER BY posted`,
        [announced.id],
      );
    });
    const requests = rows.map(({ id, body }) => ({ id: String(id), body: String(body) }));
    const fresh = requests.filter(({ id }) => !this.taken.has(id));
    this.taken = new Set(requests.map(({ id }) => id));
    return fresh;
  }

  async answer(request: string, line: string): Promise<void> {
    await this.inAdminSession((transaction) =>
      // Inserts nothing when the request has been discarded.
      transaction.run(
        `INSERT INTO ${BOOKKEEPING}.answers SELECT r.id, (SELECT count(*) FROM ${BOOKKEEPING}.answers WHERE request = $1), $2
           FROM ${BOOKKEEPING}.requests r WHERE r.id = $1 FOR UPDATE`,
        [request, line],
      ),
    );
  }

  async withdraw(): Promise<void> {
    const { announced } = this;
    this.announced = undefined;
    if (announced === undefined) return;
    await this.inAdminSession((transaction) => disappear(transaction, announced.id));
  }

  present(): Promise<readonly Presence[]> {
    return this.inAdminSession(sightings);
  }

  async post(replicator: string, body: string): Promise<string> {
    const id = randomUUID();
    await this.inAdminSession((transaction) =>
      // Inserts nothing when the replicator is gone. Then `read` finds nothing either.
      transaction.run(
        `INSERT INTO ${BOOKKEEPING}.requests (id, presence, body, posted)
           SELECT $1, id, $3, clock_timestamp() FROM ${BOOKKEEPING}.presences WHERE id = $2`,
        [id, replicator, body],
      ),
    );
    return id;
  }

  read(request: string, fromLine: number): Promise<readonly string[] | undefined> {
    return this.inAdminSession(async (transaction) => {
      const rows = await transaction.rows(
        `SELECT a.text FROM ${BOOKKEEPING}.requests r
           LEFT JOIN ${BOOKKEEPING}.answers a ON a.request = r.id AND a.line >= ${fromLine}
           WHERE r.id = $1 ORDER BY a.line`,
        [request],
      );
      if (rows.length === 0) return undefined;
      return rows.flatMap(({ text }) => (text === null || text === undefined ? [] : [text]));
    });
  }

  async discard(request: string): Promise<void> {
    await this.inAdminSession((transaction) =>
      transaction.run(`DELETE FROM ${BOOKKEEPING}.requests WHERE id = $1`, [request]),
    );
  }
}
