import { createHash } from 'node:crypto';
import { Client } from 'pg';
import type { TableTarget } from '../../runtime/destinations/destination';
import { type PostgresSettings, postgresSettings } from '../../runtime/destinations/postgres/config';
import { PostgresDestination, type PostgresOptions } from '../../runtime/destinations/postgres/destination';
import { qualified } from '../../runtime/destinations/relational/sql';
import type { Cell } from '../../runtime/item/column';
import { canonicalNumber } from '../../runtime/item/number';
import { asAdministrator, createDatabase, type TestDatabase } from '../postgres-server';
import { progress } from '../tiers/progress';
import type { Fixture } from './fixture';
import { canonicalJson } from './canonical-json';

type Row = Readonly<Record<string, unknown>>;

export interface PostgresFixture extends Fixture {
  readonly destination: PostgresDestination;
  readonly database: TestDatabase;
  readonly settings: PostgresSettings;
  /** Runs statements as the administrator, on a separate connection. Numbers and JSON are returned as text. */
  sql(text: string): Promise<readonly Row[]>;
}

export interface FixtureOptions extends Omit<PostgresOptions, 'beforeStatement'> {
  /** Maps the address of the database to the one that the destination connects to. */
  readonly through?: (url: string) => string;
}

export async function postgresFixture(options: FixtureOptions = {}): Promise<PostgresFixture> {
  return openFixture(await createDatabase(), options, []);
}

export function settingsOf(url: string): PostgresSettings {
  const read = postgresSettings(url, {});
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  return read.settings;
}

/** For settings without a secret. */
export const NO_SECRETS = { readSecret: () => Promise.reject(new Error('there are no secrets here')) };

/** A destination at this address, in addition to that of a fixture. */
export function destinationAt(url: string, options: PostgresOptions = {}): PostgresDestination {
  return new PostgresDestination(settingsOf(url), NO_SECRETS, options);
}

const TABLES = `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables
  WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1`;

/** @param copies databases for crash images, which are dropped with it */
function openFixture(
  database: TestDatabase,
  options: FixtureOptions,
  copies: TestDatabase[],
): PostgresFixture {
  const settings = settingsOf((options.through ?? String)(database.url));
  let hook: ((statement: string) => void | Promise<void>) | undefined;
  const destination = new PostgresDestination(settings, NO_SECRETS, {
    ...options,
    beforeStatement: (statement) => {
      progress();
      return hook?.(statement);
    },
  });
  const images = new Map<string, Promise<TestDatabase>>();
  const sql = (text: string) =>
    connected(database.url, async (client) => (await client.query<Row>(text)).rows);
  const dump = (withoutShadow: boolean) =>
    connected(database.url, async (client) => {
      await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const dumps: string[] = [];
      for (const { name } of (await client.query<{ name: string }>(TABLES)).rows) {
        if (withoutShadow && name.includes('__r_loading_')) continue;
        const { rows } = await client.query<{ row: string }>(
          `SELECT to_jsonb(t)::text AS row FROM ${name} t ORDER BY 1`,
        );
        dumps.push(`${name}: ${rows.map(({ row }) => row).join('\n')}`);
      }
      return dumps.join('\n');
    });
  return {
    destination,
    database,
    settings,
    sql,
    async rows({ schema = 'public', table }: TableTarget) {
      return connected(database.url, async (client) => {
        const known = await client.query('SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2', [
          schema,
          table,
        ]);
        if (known.rowCount === 0) return [];
        const { rows, fields } = await client.query<Row>(`SELECT * FROM ${qualified({ schema, table })}`);
        const types = new Map(fields.map(({ name, dataTypeID }) => [name, dataTypeID]));
        return rows.map(({ __source_time: time, __deleted: deleted, ...values }) => ({
          cells: Object.fromEntries(
            Object.entries(values).map(([name, value]) => [name, cellOf(value, types.get(name))]),
          ),
          sourceTime: time instanceof Date ? time.getTime() : null,
          deleted: deleted === true,
        }));
      });
    },
    async deadLetters({ pipeline }: TableTarget) {
      const rows = await sql(
        `SELECT d.* FROM _replicator.dead_letters d JOIN _replicator.pipelines p USING (number)
           WHERE stage = 'visible' AND pipeline = '${pipeline}'`,
      );
      return rows.map((row) => ({
        keyText: String(row['key']),
        item: String(row['item']),
        reason: String(row['reason']),
        sequenceNumber: row['sequence_number'] === null ? null : String(row['sequence_number']),
        sourceTime: row['source_time'] instanceof Date ? row['source_time'].getTime() : null,
      }));
    },
    dump: ({ withoutShadow } = { withoutShadow: false }) => dump(withoutShadow),
    onStatement(next) {
      hook = next;
    },
    async crashImage() {
      await cutOff(database);
      const fingerprint = createHash('sha256')
        .update(await dump(false))
        .digest('hex');
      let image = images.get(fingerprint);
      if (image === undefined) {
        image = copyOf(database, copies);
        images.set(fingerprint, image);
      }
      const template = await image;
      return {
        fingerprint,
        open: async () => openFixture(await createDatabase(template.name), options, []),
      };
    },
    async reopen() {
      await destination.close();
      return openFixture(database, options, copies);
    },
    async cleanup() {
      hook = undefined;
      await destination.close();
      await database.drop();
      for (const copy of copies.splice(0)) await copy.drop();
    },
  };
}

/** Ends all connections to the database, as the end of their process would: their uncommitted work is rolled back. */
function cutOff({ name }: TestDatabase): Promise<void> {
  return asAdministrator(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '${name}'`,
  );
}

async function copyOf(database: TestDatabase, copies: TestDatabase[]): Promise<TestDatabase> {
  const copy = await createDatabase(database.name);
  copies.push(copy);
  return copy;
}

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  client.setTypeParser(JSONB, (text: string) => text);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const NUMERIC = 1700;
const JSONB = 3802;

function cellOf(value: unknown, type: number | undefined): Cell {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (typeof value === 'string') {
    if (type === NUMERIC) return canonicalNumber(value) ?? value;
    return type === JSONB ? canonicalJson(value) : value;
  }
  if (value === null || typeof value === 'boolean') return value;
  throw new Error(`unexpected ${String(value)} in a user's table`);
}
