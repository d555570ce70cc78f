import type { TableTarget } from '../destination';
import { DestinationTableTaken } from '../errors';
import { quote, type TableName } from '../relational/sql';
import {
  recordedTarget,
  requireName,
  requireSame,
  requireTable,
  reservedProblem,
  TARGET_COLUMNS,
} from '../relational/target';
import { BOOKKEEPING, readColumns, readState, tableExists } from './bookkeeping';
import { CATALOG } from './database-file';
import type { Transaction } from './session';
import { DEFAULT_SCHEMA, ELSEWHERE, PipelineTables } from './tables';
import { endVerify } from './verify-tables';

/** They hold DuckDB's views of the catalog, and no tables. */
const SYSTEM_SCHEMAS = /^(?:pg_catalog|information_schema)$/i;

/** What is wrong with the name of a table here, if anything. */
export function nameProblem(name: TableName): string | undefined {
  return reservedProblem(name, SYSTEM_SCHEMAS);
}

/**
 * Takes the lease of a pipeline, which is registered when it is new.
 * @throws DestinationTableTaken, DestinationUnusable when it cannot be this pipeline's, or is not what it was
 */
export async function takeLease(
  transaction: Transaction,
  target: TableTarget,
): Promise<{ readonly tables: PipelineTables; readonly epoch: number }> {
  const { pipeline } = target;
  let state = await readState(transaction, pipeline);
  if (state === undefined) {
    await register(transaction, target);
    state = await readState(transaction, pipeline);
  } else {
    const recorded = await readTarget(transaction, pipeline);
    const columns = await readColumns(transaction, pipeline);
    const words = { defaultSchema: DEFAULT_SCHEMA, elsewhere: ELSEWHERE };
    requireSame({ recorded, columns }, target, words);
  }
  if (state === undefined) throw new Error(`pipeline ${pipeline} was not registered`);
  const tables = new PipelineTables(target, state.number);
  const { schema, table } = tables.name('visible');
  const exists = await tableExists(transaction, schema, table);
  requireTable(target, { published: state.published, exists, elsewhere: ELSEWHERE });
  if (state.verifying) await endVerify(transaction, tables);
  const epoch = state.epoch + 1;
  await transaction.run(`UPDATE ${BOOKKEEPING}.pipelines SET epoch = ${epoch} WHERE pipeline = $1`, [
    pipeline,
  ]);
  return { tables, epoch };
}

async function register(transaction: Transaction, target: TableTarget): Promise<void> {
  const { schema, table } = new PipelineTables(target, 0).name('visible');
  requireName({ schema, table }, nameProblem({ schema, table }));
  await transaction.run(`CREATE SCHEMA IF NOT EXISTS ${CATALOG}.${quote(schema)}`);
  const [owner] = await transaction.rows(
    `SELECT pipeline FROM ${BOOKKEEPING}.pipelines
       WHERE lower(schema_name) = lower($1) AND lower(table_name) = lower($2)`,
    [schema, table],
  );
  if (owner !== undefined) throw new DestinationTableTaken(table, String(owner['pipeline']));
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.pipelines
       SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, 0, 0, false, false, false
       FROM ${BOOKKEEPING}.pipelines`,
    [target.pipeline, schema, table, JSON.stringify(target.keySchema), target.deletes],
  );
}

async function readTarget(transaction: Transaction, pipeline: string): Promise<TableTarget> {
  const [row] = await transaction.rows(
    `SELECT ${TARGET_COLUMNS} FROM ${BOOKKEEPING}.pipelines WHERE pipeline = $1`,
    [pipeline],
  );
  return recordedTarget(pipeline, row);
}
