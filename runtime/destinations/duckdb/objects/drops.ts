import { qualified, quote, type TableName } from '../../relational/sql';
import type { SqlRow } from '../session';

/** Statements that remove what others added to a table, in an order in which DuckDB 1.5.5 executes them. */
export interface Drops {
  /** `ALTER TABLE` works without indexes, and without foreign keys that refer to the table. @param action `DROP COLUMN "a"` */
  alter(action: string): string;
  /** The table with its rows, without constraints, indexes and defaults. */
  rebuild(): string;
  /** The same for a table with a foreign key that refers to this one. */
  rebuildOther(table: TableName): string;
}

/** @param indexes of the table @param constraints of the table, and foreign keys of others that refer to it */
export function drops(table: TableName, indexes: readonly SqlRow[], constraints: readonly SqlRow[]): Drops {
  const others = constraints
    .filter((row) => row['is_own'] !== true)
    .map((row) => replaced({ schema: String(row['schema']), table: String(row['on_table']) }));
  const referring = [...new Set(others)];
  const ofIndexes = indexes.map((row) =>
    dropIndex({ schema: String(row['schema']), table: String(row['name']) }),
  );
  const refers = constraints.some((row) => row['is_own'] === true && row['type'] === 'FOREIGN KEY');
  return {
    rebuildOther: replaced,
    alter: (action) => [...referring, ...ofIndexes, `ALTER TABLE ${qualified(table)} ${action};`].join(' '),
    rebuild: () =>
      [
        ...referring,
        refers ? replaced(table) : `CREATE OR REPLACE TABLE ${qualified(table)} AS FROM ${qualified(table)};`,
      ].join(' '),
  };
}

export function dropIndex(index: TableName): string {
  return `DROP INDEX ${qualified(index)};`;
}

/**
 * For a table with a foreign key. `CREATE OR REPLACE` would leave it in the other table: DuckDB 1.5.5 then fails with an
 * internal error at the next delete there.
 */
function replaced({ schema, table }: TableName): string {
  const copy = qualified({ schema, table: `${table}_copy` });
  const original = qualified({ schema, table });
  return `CREATE TABLE ${copy} AS FROM ${original}; DROP TABLE ${original}; ALTER TABLE ${copy} RENAME TO ${quote(table)};`;
}
