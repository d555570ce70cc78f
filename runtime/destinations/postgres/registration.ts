import { Buffer } from 'node:buffer';
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
import { BOOKKEEPING, LOCKS, readState, schemaExists, tableExists } from './bookkeeping';
import { postgresDialect } from './dialect';
import { readColumns } from './recorded';
import { DEFAULT_SCHEMA, ELSEWHERE, PipelineTables } from './tables';
import type { Transaction } from './connection/transaction';

/**
 * The tables of a pipeline, which is registered when it is new.
 * @throws DestinationTableTaken, DestinationUnusable when it cannot be this pipeline's, or is not what it was
 */
export async function registered(transaction: Transaction, target: TableTarget): Promise<PipelineTables> {
  const { pipeline } = target;
  let state = await readState(transaction, pipeline);
  if (state === undefined) {
    await transaction.run(`SELECT pg_advisory_xact_lock(${LOCKS.bookkeeping}, 0)`);
    state = await readState(transaction, pipeline);
  }
  if (state === undefined) {
    await register(transaction, target);
    state = await readState(transaction, pipeline);
  } else {
    const recorded = await readTarget(transaction, pipeline);
    const columns = await readColumns(transaction, state.number);
    const words = { defaultSchema: DEFAULT_SCHEMA, elsewhere: ELSEWHERE };
    requireSame({ recorded, columns }, target, words);
  }
  if (state === undefined) throw new Error(`pipeline ${pipeline} was not registered`);
  const tables = new PipelineTables(target, state.number);
  const { schema, table } = tables.name('visible');
  const exists = await tableExists(transaction, schema, table);
  requireTable(target, { published: state.published, exists, elsewhere: ELSEWHERE });
  return tables;
}

async function readTarget(transaction: Transaction, pipeline: string): Promise<TableTarget> {
  const [row] = await transaction.rows(
    `SELECT ${TARGET_COLUMNS} FROM ${BOOKKEEPING}.pipelines WHERE pipeline = $1`,
    [pipeline],
  );
  return recordedTarget(pipeline, row);
}

/** Source: PostgreSQL manual, "The System Catalog Schema" and "The Information Schema". */
const SYSTEM_SCHEMAS = /^(?:pg_.*|information_schema)$/s;

/** What is wrong with the name of a table here, if anything. */
export function nameProblem(name: TableName): string | undefined {
  const { maxBytes } = postgresDialect.identifiers;
  const long = [name.schema, name.table].find((part) => Buffer.byteLength(part) > maxBytes);
  if (long === undefined) return reservedProblem(name, SYSTEM_SCHEMAS);
  return `"${long}" has ${Buffer.byteLength(long)} bytes, and a name in PostgreSQL ${maxBytes} at most`;
}

async function register(transaction: Transaction, target: TableTarget): Promise<void> {
  const { schema, table } = new PipelineTables(target, 0).name('visible');
  requireName({ schema, table }, nameProblem({ schema, table }));
  // Asked for first: making it "if not exists" takes the right to make schemas even where it does.
  if (!(await schemaExists(transaction, schema))) await transaction.run(`CREATE SCHEMA ${quote(schema)}`);
  const [owner] = await transaction.rows(
    `SELECT pipeline FROM ${BOOKKEEPING}.pipelines WHERE schema_name = $1 AND table_name = $2`,
    [schema, table],
  );
  if (owner !== undefined) throw new DestinationTableTaken(table, String(owner['pipeline']));
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.pipelines (pipeline, number, schema_name, table_name, key_schema, deletes)
       SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5 FROM ${BOOKKEEPING}.pipelines`,
    [target.pipeline, schema, table, JSON.stringify(target.keySchema), target.deletes],
  );
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.heads SELECT number, 0, NULL, 0, 0 FROM ${BOOKKEEPING}.pipelines WHERE pipeline = $1`,
    [target.pipeline],
  );
}
