import { linkSync, rmSync } from 'node:fs';
import { DuckDBConnection, type DuckDBValue } from '@duckdb/node-api';
import { duckdbSettings } from '../../runtime/destinations/duckdb/config';
import { DatabaseFile } from '../../runtime/destinations/duckdb/database-file';
import type { Replay } from './replay';

interface Kept {
  readonly statements: { readonly sql: string; readonly values: DuckDBValue[] | undefined }[];
  readonly rowFiles: string[];
}

/** Path of a row file in a statement. */
const ROW_FILE = /'([^']*\.parquet)'/;
const QUESTION = /^\s*SELECT\b/;

/** Result of a statement that is recorded instead of executed: it wrote nothing. */
const NOTHING_WRITTEN = 'SELECT 0::BIGINT AS "Count"';

/** Records statements at the driver; only queries are executed. Row files that they read are kept under a second name. */
export async function duckdbReplay(path: string): Promise<Replay> {
  const file = await DatabaseFile.acquire(duckdbSettings(path));
  const connection = await file.connect();
  const driver = DuckDBConnection.prototype;
  const { run } = driver;
  const waiting: Kept[] = [];
  let names = 0;

  const keep = ({ statements, rowFiles }: Kept, sql: string, values: DuckDBValue[] | undefined) => {
    const [, rows] = ROW_FILE.exec(sql) ?? [];
    let statement = sql;
    if (rows !== undefined) {
      const copy = `${path}.kept-${(names += 1)}.parquet`;
      linkSync(rows, copy);
      rowFiles.push(copy);
      statement = sql.replace(rows, copy);
    }
    statements.push({ sql: statement, values });
  };

  return {
    async record(commit) {
      const kept: Kept = { statements: [], rowFiles: [] };
      driver.run = async function (this: DuckDBConnection, ...given: Parameters<typeof run>) {
        const [sql, values] = given;
        keep(kept, sql, values as DuckDBValue[] | undefined);
        return QUESTION.test(sql) ? run.apply(this, given) : run.call(this, NOTHING_WRITTEN);
      };
      try {
        await commit();
      } finally {
        driver.run = run;
      }
      waiting.push(kept);
    },
    async send() {
      const { statements, rowFiles } = waiting.shift() as Kept;
      for (const { sql, values } of statements) await connection.run(sql, values);
      await file.shortenLog();
      for (const copy of rowFiles) rmSync(copy);
    },
    async close() {
      file.disconnect(connection);
      await file.release();
    },
  };
}
