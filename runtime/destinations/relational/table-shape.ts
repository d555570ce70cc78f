import { ColumnTypeChanged } from '../errors';
import { quote, qualified, type TableName } from './sql';

/** A column in the definition of a table. `type`: as the engine spells it. */
export interface DefinedColumn {
  readonly name: string;
  readonly type: string;
}

/** How a database compares and changes the columns of a table. */
export interface ColumnRules {
  /** Returns the same text for two spellings of one name. */
  fold(name: string): string;
  /** Whether a column of type `found` keeps every value of type `made` exactly, and compares it in the same way. */
  holds(made: string, found: string): boolean;
  /** The actions of `ALTER TABLE` that give a column its type again, if the plain one is not enough. */
  putBack?(made: DefinedColumn, found: string): string;
}

/** A table of a pipeline. */
export interface MadeTable extends TableName {
  /** Name of the source table. */
  readonly source: string;
}

/**
 * Rule D1 for tables that somebody has altered: nothing is written into a column whose other type could round, cut or
 * refuse values. Additional columns of users are ignored.
 * @param made the columns as the replicator created them
 * @param found the present columns
 * @throws ColumnTypeChanged for the first column that is missing or has another type
 */
export function requireColumns(
  { source, ...name }: MadeTable,
  made: readonly DefinedColumn[],
  found: readonly DefinedColumn[],
  { fold, holds, putBack = retyped }: ColumnRules,
): void {
  const types = new Map(found.map((column) => [fold(column.name), column.type]));
  for (const column of made) {
    const type = types.get(fold(column.name));
    if (type !== undefined && (type === column.type || holds(column.type, type))) continue;
    throw new ColumnTypeChanged(`${name.schema}.${name.table}`, column.name, {
      made: column.type,
      found: type,
      putBack: `ALTER TABLE ${qualified(name)} ${type === undefined ? added(column) : putBack(column, type)};`,
      source,
    });
  }
}

function added({ name, type }: DefinedColumn): string {
  return `ADD COLUMN ${quote(name)} ${type}`;
}

/** The action of `ALTER TABLE` that gives a column its type. */
export function retyped({ name, type }: DefinedColumn): string {
  return `ALTER COLUMN ${quote(name)} TYPE ${type}`;
}
