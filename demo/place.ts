import { mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { kindOf, KINDS } from '../runtime/destinations/kinds';
import { WrongUse } from '../runtime/verbs/exit-codes';
import { LocalPostgres, NoPostgres } from './postgres';

/** The demo's destination. */
export interface Place {
  /** In the form of `--to`. */
  readonly to: string;
  /** Names the destination in the first line the demo prints. */
  readonly what: string;
  /** Command that opens it while the demo runs; `undefined` if there is none to suggest. */
  readonly look: string | undefined;
  /** The last line the demo prints: where the rows are now. */
  readonly farewell: string;
  remove(): Promise<void>;
}

/** @throws WrongUse when `to` names no destination, or asks for a server and PostgreSQL is not installed */
export async function makePlace(to: string): Promise<Place> {
  const kind = kindOf(to);
  if (kind === undefined)
    throw new WrongUse(`--to ${to}: expected ${KINDS.map(({ location }) => location.form).join(', or ')}`);
  if (kind.name === 'postgres' && to.includes('://')) {
    const database = new URL(to).pathname.slice(1);
    return {
      to,
      what: 'a PostgreSQL database',
      look: undefined,
      farewell: `The rows are in PostgreSQL, database ${database}, tables "bird-strikes" and "product-catalog".`,
      remove: async () => undefined,
    };
  }
  if (kind.name === 'duckdb') {
    removeFile(to);
    return {
      to,
      what: 'a DuckDB file',
      look: undefined,
      farewell: `The rows are in ${resolve(to)}; you can open it with any DuckDB client.`,
      remove: async () => undefined,
    };
  }
  const server = await LocalPostgres.start().catch((error: unknown) => {
    throw error instanceof NoPostgres ? new WrongUse(error.message) : error;
  });
  return {
    to: server.url(),
    what: 'a PostgreSQL server',
    look: `psql '${server.url()}'`,
    farewell:
      'The demo stops its PostgreSQL server now and removes the rows. To query them while it runs: ' +
      'npm start -- --to postgres --follow',
    remove: () => server.stop(),
  };
}

function removeFile(path: string): void {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  for (const file of [path, `${path}.wal`]) rmSync(file, { force: true });
}
