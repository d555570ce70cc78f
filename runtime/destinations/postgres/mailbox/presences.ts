import { type Presence, PRESENCE_MS } from '../../mailbox';
import { BOOKKEEPING, bookkeepingExists } from '../bookkeeping';
import type { Transaction } from '../connection/transaction';
import { textArray } from '../rows/arrays';

/** A presence is renewed when it is so old; looks for requests are more frequent. */
const RENEW_MS = PRESENCE_MS / 5;
/** What processes that were killed have left is removed after this. */
const FORGET_HOURS = 24;

/** A replicator that has shown itself, and when it did last, as the server prints it. */
export interface Sighting extends Presence {
  readonly seen: string;
}

/**
 * Replicators that have shown themselves lately and have not gone since. The connection of one that was killed is ended
 * by the server at once; behind a pooler, where it may live on, only time tells.
 */
export async function sightings(transaction: Transaction): Promise<readonly Sighting[]> {
  if (!(await bookkeepingExists(transaction))) return [];
  const rows = await transaction.rows(
    `SELECT id, host, pid, to_json(tables) AS tables, seen FROM ${BOOKKEEPING}.presences p
       WHERE seen > clock_timestamp() - interval '${PRESENCE_MS} milliseconds' AND
         (backend IS NULL OR EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid || ' ' || a.backend_start = p.backend))
       ORDER BY host, pid`,
  );
  return rows.map(({ id, host, pid, tables, seen }) => ({
    id: String(id),
    host: String(host),
    pid: Number(pid),
    tables: JSON.parse(String(tables)) as readonly string[],
    seen: String(seen),
  }));
}

/** Shows that a process is there, unless it has just done so on this connection. */
export async function appear(transaction: Transaction, presence: Presence): Promise<void> {
  const { id, host, pid, tables } = presence;
  const [recent] = await transaction.rows(
    `SELECT FROM ${BOOKKEEPING}.presences WHERE id = $1 AND backend IS NOT DISTINCT FROM ${backend(transaction)} AND
       seen > clock_timestamp() - interval '${RENEW_MS} milliseconds'`,
    [id],
  );
  if (recent !== undefined) return;
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.presences (id, host, pid, tables, seen, backend)
       VALUES ($1, $2, ${pid}, $3::text[], clock_timestamp(), ${backend(transaction)})
       ON CONFLICT (id) DO UPDATE SET seen = excluded.seen, backend = excluded.backend`,
    [id, host, textArray(tables)],
  );
}

export async function disappear(transaction: Transaction, id: string): Promise<void> {
  await transaction.run(
    `DELETE FROM ${BOOKKEEPING}.presences
       WHERE id = $1 OR seen < clock_timestamp() - interval '${FORGET_HOURS} hours'`,
    [id],
  );
}

/** What distinguishes this connection from all others, also from later ones of the same process number. */
function backend({ facts }: Transaction): string {
  if (facts.pooled) return 'NULL';
  return `(SELECT pid || ' ' || backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())`;
}
