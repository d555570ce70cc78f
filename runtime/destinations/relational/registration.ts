import type { LeaseOptions, TableTarget } from '../destination';
import { DestinationTableTaken } from '../errors';
import { type OwnRows, type PipelineRow, readColumns, updateState } from './bookkeeping';
import { GENERATION_TABLES } from './generation';
import { isKeyRecorded, keyObstacle } from './key-obstacle';
import { misnamedTable } from './misnamed-table';
import { requireTables } from './present-tables';
import { readTarget, type Registry, tablesMade, writerOf } from './registry';
import type { PipelineTables } from './tables';
import { isSameKey, requireName, requireSame } from './target';
import type { SqlTransaction } from './transaction';

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
    const misnamed = await misnamedTable(transaction, { pipeline, name: tables.name('visible') }, registry);
    if (misnamed !== undefined) throw misnamed;
    requireSame({ recorded: { ...recorded, deletes }, columns }, target, registry);
    const obstacle = await keyObstacle(transaction, { tables, recorded, columns }, target, registry);
    if (obstacle !== undefined) throw obstacle;
    if (!isSameKey(recorded.keySchema, target.keySchema) || recorded.deletes === undefined)
      await recordTarget(transaction, tables.ownRows, target);
    if (!isKeyRecorded(recorded, columns, target.keySchema))
      state = await forgetTables(transaction, tables, state);
  }
  const columns = await readColumns(transaction, tables.ownRows);
  const present = await requireTables(transaction, tables, { state, columns }, options);
  const { loading, healing, published } = present;
  if (present !== state) await updateState(transaction, tables.ownRows, { loading, healing, published });
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
         epoch, generation, loading, healing, published, verifying)
       SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, 0, 0, false, false, false, false
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
  for (const table of GENERATION_TABLES) await tables.drop(transaction, table);
  await transaction.run(`DELETE FROM ${ownRows.schema}.columns WHERE ${ownRows.condition}`, ownRows.values);
  const forgotten = { loading: false, healing: false, published: false };
  await updateState(transaction, ownRows, forgotten);
  return { ...state, ...forgotten };
}

/** Deletes what is left of a pipeline whose row somebody deleted. Otherwise it would count as that of the new one. */
async function forgetLeftovers(
  transaction: SqlTransaction,
  { schema, condition, values }: OwnRows,
): Promise<void> {
  for (const table of ['heads', 'shards', 'columns', 'ledger', 'dead_letters'])
    await transaction.run(`DELETE FROM ${schema}.${table} WHERE ${condition}`, values);
}
