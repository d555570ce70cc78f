import { DestinationUnavailable } from '../../errors';
import { hasSqlState } from '../faults';
import { type Backend, isBackend } from './backend';
import type { Connection } from './connection';
import type { PostgresServer } from './server';

/** Pause between two checks whether a session has ended. Most have ended by the first check. */
const CHECK_MS = 20;

/**
 * Sessions on the server whose connections were abandoned, of one user of connections. The server's side of such a
 * session may live on: hold its locks, and execute what it was sent when that arrives late. So it is ended before
 * anything else is done (rule C3).
 */
export class LostSessions {
  private readonly lost = new Set<Backend>();

  get isEmpty(): boolean {
    return this.lost.size === 0;
  }

  /** @param backend `undefined`: nothing was running on this connection */
  add(backend: Backend | undefined): void {
    if (backend !== undefined) this.lost.add(backend);
  }

  /**
   * Returns once all of them have ended.
   * @param connection of the same server, without a transaction
   * @throws DestinationUnavailable when one does not end within `endingMs`, and the signal's reason
   */
  async end(server: PostgresServer, connection: Connection, signal?: AbortSignal): Promise<void> {
    for (const backend of this.lost) {
      await endSession(server, connection, backend, signal);
      this.lost.delete(backend);
    }
  }
}

async function endSession(
  server: PostgresServer,
  connection: Connection,
  backend: Backend,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { clock, patience } = server;
  const { sql, values } = isBackend(backend);
  const find = (what: string) =>
    server.ask(connection, 'statement', () =>
      connection.query(
        `SELECT usename, ${what} FROM pg_stat_activity WHERE ${sql}`,
        values,
        patience.connectMs,
      ),
    );
  const giveUpAt = clock.elapsedMs() + patience.endingMs;
  let refusal: Error | undefined;
  for (;;) {
    let found;
    try {
      found = await find(refusal === undefined ? 'pg_terminate_backend(pid)' : 'false');
    } catch (error) {
      if (!(error instanceof Error) || refusal !== undefined || !hasSqlState(error.cause, '42501'))
        throw error;
      refusal = error;
      continue;
    }
    const [row] = found.rows;
    if (row === undefined) return;
    if (clock.elapsedMs() >= giveUpAt)
      throw stillThere(server.location, backend, String(row['usename']), refusal);
    await clock.sleep(CHECK_MS, signal);
  }
}

function stillThere(
  location: string,
  { pid }: Backend,
  role: string,
  refusal: Error | undefined,
): DestinationUnavailable {
  const why = refusal === undefined ? 'does not end' : `belongs to role ${role}, and this one may not end it`;
  return new DestinationUnavailable(
    `An earlier session of this replicator on ${location} (process ${pid}) lost its connection and ${why}. Its last ` +
      `commit may still happen, so the replicator waits for it to end. To end it now, as a role that may: SELECT pg_terminate_backend(${pid});`,
    { cause: refusal },
  );
}
