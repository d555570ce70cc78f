import type { Dialect } from '../../item/dialect';
import type { DestinationRequirement, LeaseOptions, TableTarget } from '../destination';
import { ChangedByHand, DestinationTableTaken } from '../errors';
import { type OwnRows, type PipelineRow, readColumns, readPipeline, updateState } from './bookkeeping';
import { requireTables } from './present-tables';
import type { TableName } from './sql';
import type { PipelineTables } from './tables';
import { hasSameKey, keyChanged, recordedTarget, requireName, requireSame, type TargetWords } from './target';
import type { SqlTransaction } from './transaction';

/** What each database does in its own way to register pipelines. */
export interface Registry<Transaction extends SqlTransaction, State, Tables> extends TargetWords {
  /** The schema of the bookkeeping, as SQL. */
  readonly bookkeeping: string;
  readonly dialect: Dialect;
  tablesOf(target: TableTarget, number: number): Tables;
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
    requireSame({ recorded, columns }, target, registry);
    if (!hasSameKey(recorded, target)) {
      if (await tables.exists(transaction, 'visible'))
        throw keyChanged(tables.source, recorded, target, registry);
      state = await registerKey(transaction, tables, state);
    }
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

/** Registers another key, for a source table that was deleted and recreated. Its destination table must not exist. */
async function registerKey<Transaction extends SqlTransaction, State extends PipelineRow>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  state: State,
): Promise<State> {
  const { ownRows, target } = tables;
  for (const table of ['shadow', 'changes'] as const) await tables.drop(transaction, table);
  await transaction.run(`DELETE FROM ${ownRows.schema}.columns WHERE ${ownRows.condition}`, ownRows.values);
  await transaction.run(`UPDATE ${ownRows.schema}.pipelines SET key_schema = $1 WHERE pipeline = $2`, [
    JSON.stringify(target.keySchema),
    target.pipeline,
  ]);
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
  const target = await readTarget(transaction, pipeline, registry.bookkeeping);
  const tables = registry.tablesOf(target, state.number);
  const columns = await readColumns(transaction, tables.ownRows);
  try {
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
): Promise<TableTarget> {
  const columns = 'schema_name, table_name, key_schema, deletes';
  const row = await readPipeline(transaction, bookkeeping, pipeline, columns);
  return recordedTarget(pipeline, row);
}
