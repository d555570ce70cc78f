import { Client } from 'pg';
import type { TestDatabase } from './postgres-server';

/** A separate role that may create tables in one database. */
export interface Login {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  drop(): Promise<void>;
}

export async function createLogin(database: TestDatabase): Promise<Login> {
  const { hostname, port } = new URL(database.url);
  const username = `service_${database.name}`;
  await query(
    database,
    `CREATE ROLE ${username} LOGIN PASSWORD 'correct horse';
     GRANT CREATE ON DATABASE ${database.name} TO ${username}; GRANT CREATE ON SCHEMA public TO ${username}`,
  );
  return {
    host: hostname,
    port: Number(port),
    username,
    password: 'correct horse',
    drop: async () => void (await query(database, `DROP OWNED BY ${username}; DROP ROLE ${username}`)),
  };
}

/** Queries a database as superuser. */
export async function query(
  database: TestDatabase,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new Client(database.url);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
