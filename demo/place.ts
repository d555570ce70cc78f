import { mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { kindOf, KINDS } from '../runtime/destinations/kinds';
import { WrongUse } from '../runtime/verbs/exit-codes';
import { LocalPostgres, NoPostgres } from './postgres';

/** Where the rows of the demo go. */
export interface Place {
  /** As `--to` takes it. */
  readonly to: string;
  /** For the first line. */
  readonly what: string;
  /** How to look into it meanwhile, where that is possible. */
  readonly look: string | undefined;
  /** What becomes of the rows. */
  readonly farewell: string;
  remove(): Promise<void>;
}

/** @throws WrongUse when it names no destination, or a server is wanted and there is none to start */
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
      farewell: `The rows are in ${resolve(to)}; open it with any DuckDB.`,
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
      'The PostgreSQL server of the demo has ended, and the rows with it. To look around in it while it runs: ' +
      'npm start -- --to postgres --follow',
    remove: () => server.stop(),
  };
}

function removeFile(path: string): void {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  for (const file of [path, `${path}.wal`]) rmSync(file, { force: true });
}
