import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { Client } from 'pg';
import { LocalPostgres, NoPostgres } from '../simulator/postgres';
import { skipLoudly } from './skip-loudly';

/** A PostgreSQL server for tests, and databases on it. */
export interface TestServer {
  /** Address of one of its databases, with a role that may do everything. */
  url(database?: string): string;
}

let starting: Promise<TestServer | undefined> | undefined;

/** For `before`: skips loudly where there is no PostgreSQL. */
export async function requirePostgres(this: Mocha.Context): Promise<void> {
  this.timeout(60_000);
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
  await asAdministrator(`CREATE DATABASE ${name} TEMPLATE ${template} ${options}`);
  return {
    name,
    url: server.url(name),
    drop: () => asAdministrator(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Runs one statement outside of the databases under test. */
export async function asAdministrator(sql: string): Promise<void> {
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

const IN_MEMORY = '/dev/shm';
/** For the servers of all test processes. */
const ROOM_BYTES = 8 * 1024 ** 3;

/** A database is made of hundreds of files, and most tests make one: in memory, where there is room, it takes a tenth of the time. */
function fastestFolder(): string {
  if (!existsSync(IN_MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize < ROOM_BYTES ? tmpdir() : IN_MEMORY;
}
