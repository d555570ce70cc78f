import { type Presence, PRESENCE_MS } from '../../mailbox';
import { BOOKKEEPING, bookkeepingExists } from '../bookkeeping';
import type { Transaction } from '../connection/transaction';
import { textArray } from '../rows/arrays';

/** A presence is renewed at this age. Checks for requests are more frequent. */
const RENEW_MS = PRESENCE_MS / 5;
/** Rows of killed processes are removed after this long. */
const FORGET_HOURS = 24;

/** A replicator that has announced itself, and when it last renewed that, as the server prints it. */
export interface Sighting extends Presence {
  readonly seen: string;
}

/**
 * Replicators that have renewed their presence recently and are not gone. The server ends the connection of a killed
 * one at once. Behind a pooler, where it may live on, only its age shows.
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

/** Renews the presence of a process, unless it has just done so on this connection. */
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

/** Identifies this connection among all others, including later ones with the same process number. */
function backend({ facts }: Transaction): string {
  if (facts.pooled) return 'NULL';
  return `(SELECT pid || ' ' || backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())`;
}
