import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  DuckDBBlobValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { TableTarget } from '../../runtime/destinations/destination';
import { duckdbSettings, type DuckDBSettings } from '../../runtime/destinations/duckdb/config';
import { tableExists } from '../../runtime/destinations/duckdb/bookkeeping';
import { CATALOG, DatabaseFile } from '../../runtime/destinations/duckdb/database-file';
import { DuckDBDestination } from '../../runtime/destinations/duckdb/destination';
import { Session, type SqlRow, type Transaction } from '../../runtime/destinations/duckdb/session';
import { qualified } from '../../runtime/destinations/relational/sql';
import type { Cell } from '../../runtime/item/column';
import { canonicalNumber } from '../../runtime/item/number';
import { progress } from '../tiers/progress';
import type { Fixture } from './fixture';

export interface DuckDBFixture extends Fixture {
  readonly destination: DuckDBDestination;
  readonly path: string;
  sql(text: string): Promise<readonly SqlRow[]>;
}

/** @param threads more than one would only spin for a few rows */
export async function duckdbFixture(threads = 1): Promise<DuckDBFixture> {
  const folder = await mkdtemp(join(tmpdir(), 'replicator-duckdb-'));
  const settings = duckdbSettings(join(folder, 'test.duckdb'), { threads });
  return openFixture(settings, () => rm(folder, { recursive: true, force: true }));
}

/** A database file and its log. */
const SUFFIXES = ['', '.wal'];

const TABLES = `SELECT table_schema, table_name FROM information_schema.tables
  WHERE table_catalog = '${CATALOG}' ORDER BY ALL`;

let images = 0;

function openFixture(settings: DuckDBSettings, removeFiles: () => Promise<void>): DuckDBFixture {
  const { path } = settings;
  let hook: ((statement: string) => void | Promise<void>) | undefined;
  const destination = new DuckDBDestination(settings, {
    beforeStatement: (statement) => {
      progress();
      return hook?.(statement);
    },
  });
  const sql = (text: string) => runSql(settings, text);
  return {
    path,
    destination,
    sql,
    async rows(target) {
      const name = { catalog: CATALOG, schema: target.schema ?? 'main', table: target.table };
      const isThere = await inTransaction(settings, (transaction) =>
        tableExists(transaction, name.schema, name.table),
      );
      if (!isThere) return [];
      return (await sql(`SELECT * FROM ${qualified(name)}`)).map((row) => {
        const { __source_time: time, __deleted: deleted, ...values } = row;
        const cells = Object.fromEntries(
          Object.entries(values).map(([name, value]) => [name, cellOf(value)]),
        );
        const sourceTime = time instanceof DuckDBTimestampValue ? Number(time.micros / 1000n) : null;
        return { cells, sourceTime, deleted: deleted === true };
      });
    },
    async deadLetters({ pipeline }: TableTarget) {
      const rows = await sql(
        `SELECT * FROM _replicator.dead_letters WHERE stage = 'visible' AND pipeline = '${pipeline}'`,
      );
      return rows.map((row) => ({
        keyText: String(row['key']),
        item: String(row['item']),
        reason: String(row['reason']),
        sequenceNumber: row['sequence_number'] === null ? null : String(row['sequence_number']),
        sourceTime:
          row['source_time'] instanceof DuckDBTimestampValue
            ? Number(row['source_time'].micros / 1000n)
            : null,
      }));
    },
    async dump({ withoutShadow } = { withoutShadow: false }) {
      return inTransaction(settings, async (transaction) => {
        const dumps: string[] = [];
        for (const { table_schema: schema, table_name: name } of await transaction.rows(TABLES)) {
          const table = qualified({ catalog: CATALOG, schema: String(schema), table: String(name) });
          if (withoutShadow && table.includes('__r_loading_')) continue;
          const rows = await transaction.rows(`SELECT * FROM ${table} ORDER BY ALL`);
          dumps.push(`${table}: ${rows.map((row) => JSON.stringify(row, printValue)).join('\n')}`);
        }
        return dumps.join('\n');
      });
    },
    onStatement(next) {
      hook = next;
    },
    async crashImage() {
      images += 1;
      const image = join(dirname(path), `image-${images}.duckdb`);
      const hash = createHash('sha256');
      for (const suffix of SUFFIXES.filter((suffix) => existsSync(path + suffix))) {
        copyFileSync(path + suffix, image + suffix);
        hash.update(suffix).update(readFileSync(image + suffix));
      }
      return {
        fingerprint: hash.digest('hex'),
        async open() {
          await openPlainly(image);
          return openFixture({ ...settings, path: image }, async () => remove(image));
        },
      };
    },
    async reopen() {
      await destination.close();
      return openFixture(settings, removeFiles);
    },
    async cleanup() {
      hook = undefined;
      await destination.close();
      await removeFiles();
    },
  };
}

function runSql(settings: DuckDBSettings, text: string): Promise<readonly SqlRow[]> {
  return inTransaction(settings, (transaction) => transaction.rows(text));
}

async function inTransaction<T>(
  settings: DuckDBSettings,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  progress();
  const file = await DatabaseFile.acquire(settings);
  const session = new Session(file, {});
  try {
    return await session.transaction(work);
  } finally {
    session.close();
    await file.release();
  }
}

/** Opens the file as any DuckDB does, which applies the log. The destination opens it in a way that may tolerate more. */
async function openPlainly(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  instance.closeSync();
}

async function remove(path: string): Promise<void> {
  for (const suffix of SUFFIXES) await rm(path + suffix, { force: true });
}

export function cellOf(value: DuckDBValue): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof DuckDBBlobValue) return new Uint8Array(value.bytes);
  if (value instanceof DuckDBDecimalValue) return canonicalNumber(value.toString()) ?? value.toString();
  throw new Error(`unexpected ${String(value)} in a user's table`);
}

function printValue(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
