import type { Dialect } from '../../item/dialect';
import type { DestinationRequirement, LeaseOptions, TableTarget } from '../destination';
import { ChangedByHand, DestinationTableTaken } from '../errors';
import { type OwnRows, type PipelineRow, readColumns, readPipeline, updateState } from './bookkeeping';
import { requireTables } from './present-tables';
import { keyOfColumns } from './recorded';
import type { TableName } from './sql';
import type { PipelineTables } from './tables';
import {
  isSameKey,
  keyChanged,
  type MadeTarget,
  type RecordedTarget,
  recordedTarget,
  requireName,
  requireSame,
  type TargetWords,
} from './target';
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
  /** Creates a schema unless it exists. */
  createSchema(transaction: Transaction, schema: string): Promise<void>;
}

/**
 * A registered pipeline, whose tables are as the replicator created them. Registers it if `known` is `undefined`.
 * @throws DestinationTableTaken, DestinationUnusable when the table cannot be that of this pipeline, or the pipeline
 * has changed
 * @throws KeyChanged when the source table has another key, and the table with the earlier one still exists
 * @throws DestinationTableMissing, ColumnTypeChanged when somebody has changed its tables
 */
export async function registered<
  Transaction extends SqlTransaction,
  State extends PipelineRow,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  target: TableTarget,
  known: State | undefined,
  registry: Registry<Transaction, State, Tables>,
  options: LeaseOptions = {},
): Promise<{ readonly tables: Tables; readonly state: State }> {
  const { pipeline } = target;
  if (known === undefined) await register(transaction, target, registry);
  let state = known ?? (await registry.readState(transaction, pipeline));
  if (state === undefined) throw new Error(`pipeline ${pipeline} was not registered`);
  const tables = registry.tablesOf(target, state.number);
  if (known === undefined) await forgetLeftovers(transaction, tables.ownRows);
  else {
    const recorded = await readTarget(transaction, pipeline, registry.bookkeeping);
    const columns = await readColumns(transaction, tables.ownRows);
    const { deletes } = await tablesMade(transaction, recorded, state.number, registry, target.deletes);
    requireSame({ recorded: { ...recorded, deletes }, columns }, target, registry);
    // The columns have the key too, if somebody changed it in the pipeline's row.
    const keys = [recorded.keySchema, keyOfColumns(columns)].filter((key) => key !== undefined);
    const isKeyRecorded = keys.some((key) => isSameKey(key, target.keySchema));
    if (!isKeyRecorded && (await tables.exists(transaction, 'visible'))) {
      if (keys[0] === undefined) throw tables.recordsMissing('pipelines');
      throw keyChanged(tables.source, keys[0], target, registry);
    }
    if (!isSameKey(recorded.keySchema, target.keySchema) || recorded.deletes === undefined)
      await recordTarget(transaction, tables.ownRows, target);
    if (!isKeyRecorded) state = await forgetTables(transaction, tables, state);
  }
  const columns = await readColumns(transaction, tables.ownRows);
  const present = await requireTables(transaction, tables, { state, columns }, options);
  const { loading, published } = present;
  if (present !== state) await updateState(transaction, tables.ownRows, { loading, published });
  return { tables, state: present };
}

async function register<
  Transaction extends SqlTransaction,
  State extends PipelineRow,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  target: TableTarget,
  registry: Registry<Transaction, State, Tables>,
): Promise<void> {
  const { bookkeeping } = registry;
  const { schema, table } = registry.tablesOf(target, 0).name('visible');
  requireName({ schema, table }, registry.nameProblem({ schema, table }));
  await registry.createSchema(transaction, schema);
  const owner = await writerOf(transaction, { schema, table }, registry);
  if (owner !== undefined) throw new DestinationTableTaken(table, owner);
  await transaction.run(
    `INSERT INTO ${bookkeeping}.pipelines (pipeline, number, schema_name, table_name, key_schema, deletes,
         epoch, generation, loading, published, verifying)
       SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, 0, 0, false, false, false
       FROM ${bookkeeping}.pipelines`,
    [target.pipeline, schema, table, JSON.stringify(target.keySchema), target.deletes],
  );
}

/** Records the key and the delete mode of a registered pipeline. */
async function recordTarget(
  transaction: SqlTransaction,
  { schema }: OwnRows,
  { pipeline, keySchema, deletes }: TableTarget,
): Promise<void> {
  await transaction.run(`UPDATE ${schema}.pipelines SET key_schema = $1, deletes = $2 WHERE pipeline = $3`, [
    JSON.stringify(keySchema),
    deletes,
    pipeline,
  ]);
}

/** For a source table that was deleted and recreated with another key. Its destination table must not exist. */
async function forgetTables<Transaction extends SqlTransaction, State extends PipelineRow>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  state: State,
): Promise<State> {
  const { ownRows } = tables;
  for (const table of ['shadow', 'changes'] as const) await tables.drop(transaction, table);
  await transaction.run(`DELETE FROM ${ownRows.schema}.columns WHERE ${ownRows.condition}`, ownRows.values);
  await updateState(transaction, ownRows, { loading: false, published: false });
  return { ...state, loading: false, published: false };
}

/** Deletes what is left of a pipeline whose row somebody deleted. Otherwise it would count as that of the new one. */
async function forgetLeftovers(
  transaction: SqlTransaction,
  { schema, condition, values }: OwnRows,
): Promise<void> {
  for (const table of ['heads', 'shards', 'columns', 'ledger', 'dead_letters'])
    await transaction.run(`DELETE FROM ${schema}.${table} WHERE ${condition}`, values);
}

/**
 * What somebody has changed in the tables of a pipeline that its next lease would refuse. The pipeline is given by
 * its name, or by the name of the table that it writes. Changes nothing.
 */
export async function tableProblem<
  Transaction extends SqlTransaction,
  State extends PipelineRow,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  of: string | TableName,
  registry: Registry<Transaction, State, Tables>,
): Promise<ChangedByHand | undefined> {
  const pipeline = typeof of === 'string' ? of : await writerOf(transaction, of, registry);
  const state = pipeline === undefined ? undefined : await registry.readState(transaction, pipeline);
  if (pipeline === undefined || state === undefined) return undefined;
  const recorded = await readTarget(transaction, pipeline, registry.bookkeeping);
  try {
    const { tables } = await tablesMade(transaction, recorded, state.number, registry);
    const columns = await readColumns(transaction, tables.ownRows);
    await requireTables(transaction, tables, { state, columns });
    return undefined;
  } catch (error) {
    if (error instanceof ChangedByHand) return error;
    if (error instanceof DestinationTableTaken) return undefined;
    throw error;
  }
}

/** The line of `check` for a table that somebody has changed. */
export function changedTable(
  { schema, table }: TableName,
  { what, fix }: ChangedByHand,
): DestinationRequirement {
  return { requirement: `table ${schema}.${table} writable`, met: false, found: what, fix };
}

/** The pipeline that writes a table, if there is one. */
async function writerOf<Transaction extends SqlTransaction, State, Tables>(
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

async function readTarget(
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
async function tablesMade<
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
