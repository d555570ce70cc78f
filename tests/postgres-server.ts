import { Client } from 'pg';
import { LocalPostgres, NoPostgres } from '../demo/postgres';
import { fastestFolder } from './fastest-folder';
import { skipLoudly } from './skip-loudly';

/** A PostgreSQL server for tests, and databases on it. */
export interface TestServer {
  /** Address of one of its databases, with a role that may do everything. */
  url(database?: string): string;
}

let starting: Promise<TestServer | undefined> | undefined;

/** For `before`: skips loudly where there is no PostgreSQL. */
export async function requirePostgres(this: Mocha.Context): Promise<void> {
  if ((await findServer()) === undefined) skipLoudly(this, new NoPostgres().message);
}

/** The one that POSTGRES_URL names, otherwise one of this test process's own. @throws NoPostgres */
export async function testServer(): Promise<TestServer> {
  const server = await findServer();
  if (server === undefined) throw new NoPostgres();
  return server;
}

export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** Removes it, whoever is connected. */
  drop(): Promise<void>;
}

let made = 0;

/** A database of its own, empty or a copy of another one that nobody is connected to. @param options in SQL */
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

/** A server of ours is gone with its process: nobody waits for it, which takes a tenth of a second where there was a connection. */
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

/** Runs one statement outside of the databases under test, when those that were dropped are gone. */
export async function asAdministrator(sql: string): Promise<void> {
  await Promise.all(removals);
  await administer(sql);
}

async function administer(sql: string): Promise<void> {
  administrator ??= connectAdministrator();
  await (await administrator).query(sql);
}

let administrator: Promise<Client> | undefined;

/** It does not keep the process alive. */
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
