import type { Dialect } from '../../item/dialect';
import type { TableTarget } from '../destination';
import { readPipeline } from './bookkeeping';
import type { TableName } from './sql';
import type { PipelineTables } from './tables';
import { type MadeTarget, type RecordedTarget, recordedTarget, type TargetWords } from './target';
import type { SqlTransaction } from './transaction';

/** What each database does in its own way to register pipelines. */
export interface Registry<Transaction extends SqlTransaction, State, Tables> extends TargetWords {
  /** The schema of the bookkeeping, as SQL. */
  readonly bookkeeping: string;
  readonly dialect: Dialect;
  tablesOf(target: MadeTarget, number: number): Tables;
  /** The problem with the name of a table, if it has one. */
  nameProblem(name: TableName): string | undefined;
  readState(transaction: Transaction, pipeline: string): Promise<State | undefined>;
  /** Whether any object keeps a table from getting this name. */
  isNameTaken(transaction: Transaction, name: TableName): Promise<boolean>;
  /** Creates a schema unless it exists. */
  createSchema(transaction: Transaction, schema: string): Promise<void>;
}

/** The pipeline that writes a table, if there is one. */
export async function writerOf<Transaction extends SqlTransaction, State, Tables>(
  transaction: Transaction,
  { schema, table }: TableName,
  { bookkeeping, dialect }: Registry<Transaction, State, Tables>,
): Promise<string | undefined> {
  const folded = (sql: string) => (dialect.identifiers.caseSensitive ? sql : `lower(${sql})`);
  const [owner] = await transaction.rows(
    `SELECT pipeline FROM ${bookkeeping}.pipelines
       WHERE ${folded('schema_name')} = ${folded('$1')} AND ${folded('table_name')} = ${folded('$2')}`,
    [schema, table],
  );
  return owner && String(owner['pipeline']);
}

export async function readTarget(
  transaction: SqlTransaction,
  pipeline: string,
  bookkeeping: string,
): Promise<RecordedTarget> {
  const columns = 'schema_name, table_name, key_schema, deletes';
  const row = await readPipeline(transaction, bookkeeping, pipeline, columns);
  return recordedTarget(pipeline, row);
}

/**
 * The tables of a recorded target, and how they delete. If that record cannot be read, it shows in their columns.
 * @param otherwise how to delete if there is no table either
 */
export async function tablesMade<
  Transaction extends SqlTransaction,
  State,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  recorded: RecordedTarget,
  number: number,
  registry: Registry<Transaction, State, Tables>,
  otherwise: TableTarget['deletes'] = 'hard',
): Promise<{ readonly tables: Tables; readonly deletes: TableTarget['deletes'] }> {
  const tablesFor = (deletes: TableTarget['deletes']) => ({
    tables: registry.tablesOf({ ...recorded, deletes }, number),
    deletes,
  });
  if (recorded.deletes !== undefined) return tablesFor(recorded.deletes);
  const made = tablesFor(otherwise);
  const found = await made.tables.deletesFound(transaction);
  return found === undefined ? made : tablesFor(found);
}
