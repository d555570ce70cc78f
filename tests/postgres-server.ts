import { Client } from 'pg';
import { LocalPostgres, NoPostgres } from '../demo/postgres';
import { fastestFolder } from './fastest-folder';
import { skipLoudly } from './skip-loudly';

/** A PostgreSQL server for tests, and databases on it. */
export interface TestServer {
  /** The address of one of its databases, with an administrator role. */
  url(database?: string): string;
}

let starting: Promise<TestServer | undefined> | undefined;

/** For `before`: skips loudly if there is no PostgreSQL. */
export async function requirePostgres(this: Mocha.Context): Promise<void> {
  if ((await findServer()) === undefined) skipLoudly(this, new NoPostgres().message);
}

/** The server of POSTGRES_URL, or one that this test process starts. @throws NoPostgres */
export async function testServer(): Promise<TestServer> {
  const server = await findServer();
  if (server === undefined) throw new NoPostgres();
  return server;
}

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** Drops it, even with open connections. */
  drop(): Promise<void>;
}

let made = 0;

/** Creates a separate database, empty or a copy of another one without connections. @param options in SQL */
export async function createDatabase(template = 'template0', options = ''): Promise<TestDatabase> {
  const server = await testServer();
  const name = `replicator_test_${process.pid}_${(made += 1)}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE ${template} ${options}`);
  return {
    name,
    url: server.url(name),
    drop: () => dropDatabase(name),
  };
}

/**
 * Our own server ends with this process, so nobody waits for the drop, which takes a tenth of a second after a
 * connection.
 */
async function dropDatabase(name: string): Promise<void> {
  const statement = `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`;
  if (process.env['POSTGRES_URL'] !== undefined) return asAdministrator(statement);
  remover ??= connectAdministrator();
  const client = await remover;
  const removal = client.query(statement).then(
    () => void removals.delete(removal),
    () => void removals.delete(removal),
  );
  removals.add(removal);
}

let remover: Promise<Client> | undefined;
const removals = new Set<Promise<void>>();

/** Runs one statement outside the databases under test, after pending drops. */
export async function asAdministrator(sql: string): Promise<void> {
  await Promise.all(removals);
  await administer(sql);
}

async function administer(sql: string): Promise<void> {
  administrator ??= connectAdministrator();
  await (await administrator).query(sql);
}

let administrator: Promise<Client> | undefined;

/** The connection does not keep the process alive. */
async function connectAdministrator(): Promise<Client> {
  const client = new Client((await testServer()).url());
  await client.connect();
  client.on('error', () => (administrator = undefined));
  (client as unknown as { unref(): void }).unref();
  return client;
}

function findServer(): Promise<TestServer | undefined> {
  return (starting ??= startServer());
}

async function startServer(): Promise<TestServer | undefined> {
  const given = process.env['POSTGRES_URL'];
  if (given !== undefined) {
    return {
      url(database) {
        const url = new URL(given);
        if (database !== undefined) url.pathname = `/${database}`;
        return url.href;
      },
    };
  }
  try {
    return await LocalPostgres.start({ within: fastestFolder() });
  } catch (error) {
    if (error instanceof NoPostgres) return undefined;
    throw error;
  }
}
