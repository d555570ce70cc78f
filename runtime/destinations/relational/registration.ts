import type { Dialect } from '../../item/dialect';
import type { TableTarget } from '../destination';
import { DestinationTableTaken } from '../errors';
import { type PipelineRow, readColumns, readPipeline } from './bookkeeping';
import type { TableName } from './sql';
import type { PipelineTables } from './tables';
import { recordedTarget, requireName, requireSame, requireTable, type TargetWords } from './target';
import type { SqlTransaction } from './transaction';

/** What a database has of its own for registering pipelines. */
export interface Registry<Transaction extends SqlTransaction, State, Tables> extends TargetWords {
  /** The schema of the bookkeeping, as SQL. */
  readonly bookkeeping: string;
  readonly dialect: Dialect;
  tablesOf(target: TableTarget, number: number): Tables;
  /** What is wrong with the name of a table, if anything. */
  nameProblem(name: TableName): string | undefined;
  readState(transaction: Transaction, pipeline: string): Promise<State | undefined>;
  /** Creates a schema unless it exists. */
  createSchema(transaction: Transaction, schema: string): Promise<void>;
}

/**
 * A pipeline as it is registered, which it is now if `known` is `undefined`.
 * @throws DestinationTableTaken, DestinationUnusable when it cannot be this pipeline's, or is not what it was
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
): Promise<{ readonly tables: Tables; readonly state: State }> {
  const { pipeline } = target;
  if (known === undefined) await register(transaction, target, registry);
  const state = known ?? (await registry.readState(transaction, pipeline));
  if (state === undefined) throw new Error(`pipeline ${pipeline} was not registered`);
  const tables = registry.tablesOf(target, state.number);
  if (known !== undefined) {
    const recorded = await readTarget(transaction, pipeline, registry.bookkeeping);
    const columns = await readColumns(transaction, tables.ownRows);
    requireSame({ recorded, columns }, target, registry);
  }
  const exists = await tables.exists(transaction, 'visible');
  requireTable(target, { published: state.published, exists, elsewhere: registry.elsewhere });
  return { tables, state };
}

async function register<
  Transaction extends SqlTransaction,
  State,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  target: TableTarget,
  registry: Registry<Transaction, State, Tables>,
): Promise<void> {
  const { bookkeeping, dialect } = registry;
  const { schema, table } = registry.tablesOf(target, 0).name('visible');
  requireName({ schema, table }, registry.nameProblem({ schema, table }));
  await registry.createSchema(transaction, schema);
  const folded = (sql: string) => (dialect.identifiers.caseSensitive ? sql : `lower(${sql})`);
  const [owner] = await transaction.rows(
    `SELECT pipeline FROM ${bookkeeping}.pipelines
       WHERE ${folded('schema_name')} = ${folded('$1')} AND ${folded('table_name')} = ${folded('$2')}`,
    [schema, table],
  );
  if (owner !== undefined) throw new DestinationTableTaken(table, String(owner['pipeline']));
  await transaction.run(
    `INSERT INTO ${bookkeeping}.pipelines (pipeline, number, schema_name, table_name, key_schema, deletes,
         epoch, generation, loading, published, verifying)
       SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, 0, 0, false, false, false
       FROM ${bookkeeping}.pipelines`,
    [target.pipeline, schema, table, JSON.stringify(target.keySchema), target.deletes],
  );
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
