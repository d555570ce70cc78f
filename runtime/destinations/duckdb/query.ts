import type { DuckDBSettings } from './config';
import { DatabaseFile } from './database-file';
import { Session } from './session';

export interface QueryResult {
  readonly columns: readonly string[];
  /** Cells as DuckDB prints them; `null` is SQL NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
}

/** Runs one query for people, also while a pipeline of this process writes the file. */
export async function queryDuckDB(settings: DuckDBSettings, sql: string): Promise<QueryResult> {
  const file = await DatabaseFile.acquire(settings);
  const session = new Session(file, {});
  try {
    return await session.transaction(async (transaction) => {
      const reader = await transaction.read(sql);
      const columns = reader.columnNames();
      const rows = reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
      return { columns, rows };
    });
  } finally {
    session.close();
    await file.release();
  }
}
