import { qualified, quote, type TableName } from '../../relational/sql';
import { type DefinedColumn, retyped } from '../../relational/table-shape';
import type { SqlRow } from '../session';
import { generatedOver, isGenerated } from './generated';

/** Statements that remove what others added to a table, in an order in which DuckDB 1.5.5 executes them. */
export interface Drops {
  /** `ALTER TABLE` works without indexes, and without foreign keys that refer to the table. @param action `DROP COLUMN "a"` */
  alter(action: string): string;
  /** A generated column goes after those that refer to it. */
  dropGenerated(name: string): string;
  /** A type changes without the generated columns that refer to the column, and without its own constraints. */
  retype(column: DefinedColumn): string;
  /** The table with its rows, without constraints, indexes and defaults. */
  rebuild(): string;
  /** The same for a table with a foreign key that refers to this one. */
  rebuildOther(table: TableName): string;
}

/** What the catalog has for a table. */
export interface CatalogEntries {
  readonly indexes: readonly SqlRow[];
  /** Those of the table, and foreign keys of others that refer to it. */
  readonly constraints: readonly SqlRow[];
  /** The columns of the table. */
  readonly present: readonly SqlRow[];
}

export function drops(table: TableName, { indexes, constraints, present }: CatalogEntries): Drops {
  const others = constraints
    .filter((row) => row['is_own'] !== true)
    .map((row) => replaced({ schema: String(row['schema']), table: String(row['on_table']) }));
  const referring = [...new Set(others)];
  const ofIndexes = indexes.map((row) =>
    dropIndex({ schema: String(row['schema']), table: String(row['name']) }),
  );
  const refers = constraints.some((row) => row['is_own'] === true && row['type'] === 'FOREIGN KEY');
  const alter = (...actions: readonly string[]) =>
    [
      ...referring,
      ...ofIndexes,
      ...actions.map((action) => `ALTER TABLE ${qualified(table)} ${action};`),
    ].join(' ');
  const rebuild = () =>
    [
      ...referring,
      refers ? replaced(table) : `CREATE OR REPLACE TABLE ${qualified(table)} AS FROM ${qualified(table)};`,
    ].join(' ');
  const dropColumns = (names: readonly string[]) => names.map((name) => `DROP COLUMN ${quote(name)}`);
  return {
    rebuildOther: replaced,
    alter,
    rebuild,
    dropGenerated: (name) => alter(...dropColumns([...generatedOver(name, present), name])),
    retype({ name, type }) {
      const action = retyped({ name, type });
      if (needsPlainColumn(name, constraints, present))
        return `${rebuild()} ALTER TABLE ${qualified(table)} ${action};`;
      return alter(...dropColumns(generatedOver(name, present)), action);
    },
  };
}

/** Whether a column is generated, or has a constraint that DuckDB cannot drop. */
function needsPlainColumn(
  column: string,
  constraints: readonly SqlRow[],
  present: readonly SqlRow[],
): boolean {
  const isIt = (name: unknown) => String(name).toLowerCase() === column.toLowerCase();
  return (
    present.some((row) => isIt(row['name']) && isGenerated(row)) ||
    constraints.some(
      ({ is_own: isOwn, type, columns }) =>
        isOwn === true && type !== 'NOT NULL' && String(columns).split('\0').some(isIt),
    )
  );
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
