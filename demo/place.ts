import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DestinationLocked } from '../runtime/destinations/errors';
import { quoted } from '../runtime/aws/cli-command';
import { destinationPlace, kindOf, KINDS, openDestination } from '../runtime/destinations/kinds';
import { tableOf } from '../runtime/observe/figures';
import { WrongUse } from '../runtime/verbs/exit-codes';
import { BIRD_STRIKES } from './bird-strikes';
import { DEFAULT_FILE } from './default-file';
import { LocalPostgres, NoPostgres } from './postgres';
import { PRODUCT_CATALOG } from './product-catalog';
import { ACCOUNT, REGION } from './source';

/** The tables that the demo replicates, and so those of a file of its own. */
const TABLES = [BIRD_STRIKES, PRODUCT_CATALOG];

/** The demo's destination. */
export interface Place {
  /** In the form of `--to`. */
  readonly to: string;
  /** Names the destination in the first line the demo prints. */
  readonly what: string;
  /** Whether it is on this machine for certain. */
  readonly isLocal: boolean;
  /** Command that queries the rows once they are there, while the demo runs; `undefined` if there is none. */
  readonly look: string | undefined;
  /** The last line the demo prints: where the rows are now. */
  farewell(follow: boolean): string;
  remove(): Promise<void>;
}

/**
 * @throws WrongUse when `to` names no destination, a file that the demo did not create or a folder that does not exist,
 * or asks for a server and PostgreSQL is not installed
 * @throws DestinationLocked when another process has the file open
 */
export async function makePlace(to: string): Promise<Place> {
  const kind = kindOf(to);
  if (kind === undefined)
    throw new WrongUse(`--to ${to}: expected ${KINDS.map(({ location }) => location.form).join(', or ')}`);
  if (kind.name === 'postgres' && to.includes('://')) {
    const database = new URL(to).pathname.slice(1);
    return {
      to,
      what: 'a PostgreSQL database',
      isLocal: false,
      look: undefined,
      farewell: () =>
        `The rows are in PostgreSQL, database ${database}, tables "bird-strikes" and "product-catalog".`,
      remove: async () => undefined,
    };
  }
  if (kind.name === 'duckdb') {
    await clear(to);
    return {
      to,
      what: 'a DuckDB file',
      isLocal: true,
      look: undefined,
      farewell: () => `The rows are in ${resolve(to)}. To query them: duckdb ${quoted(to)}`,
      remove: async () => undefined,
    };
  }
  const server = await LocalPostgres.start().catch((error: unknown) => {
    throw error instanceof NoPostgres ? new WrongUse(error.message) : error;
  });
  return {
    to: server.url(),
    what: 'a PostgreSQL server',
    isLocal: true,
    look: `psql '${server.url()}'`,
    farewell: (follow) =>
      'The demo stops its PostgreSQL server now and removes the rows.' +
      (follow ? '' : ' To query them while it runs: npm start -- --to postgres --follow'),
    remove: () => server.stop(),
  };
}

/** Removes what an earlier demo left. The file of any other work stays. */
async function clear(path: string): Promise<void> {
  const folder = dirname(resolve(path));
  if (path === DEFAULT_FILE) mkdirSync(folder, { recursive: true });
  else if (!existsSync(folder))
    throw new WrongUse(`--to ${path}: folder ${folder} does not exist. Create it: mkdir -p ${folder}`);
  else if (existsSync(path) && !(await isOwn(path)))
    throw new WrongUse(
      `${path} exists and was not created by the demo. Choose another file with --to, or delete it.`,
    );
  for (const file of [path, `${path}.wal`]) rmSync(file, { force: true });
}

/**
 * Whether a DuckDB file has nothing but the demo's tables. They are known by the simulator's account, which AWS gives
 * to nobody.
 */
async function isOwn(path: string): Promise<boolean> {
  const file = openDestination(destinationPlace(path, {}), { readSecret: async () => '' });
  try {
    const pipelines = await file.pipelines();
    const { rows } = await file.query(
      `SELECT table_name FROM information_schema.tables WHERE table_catalog = current_database() AND table_schema <> '_replicator'`,
    );
    const own = TABLES.map((table) => `${ACCOUNT}/${REGION}/${table}`);
    return (
      pipelines.length > 0 &&
      pipelines.every((pipeline) => own.includes(pipeline)) &&
      rows.every(([table]) => own.map(tableOf).includes(table ?? ''))
    );
  } catch (error) {
    if (error instanceof DestinationLocked) throw error;
    return false;
  } finally {
    await file.close().catch(() => undefined);
  }
}
