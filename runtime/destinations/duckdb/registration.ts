import type { LeaseOptions, TableTarget } from '../destination';
import { type PipelineRow, readColumns, updateState } from '../relational/bookkeeping';
import { registered } from '../relational/registration';
import type { Registry } from '../relational/registry';
import { quote, type TableName } from '../relational/sql';
import { reservedProblem } from '../relational/target';
import { BOOKKEEPING, readState, tableExists } from './bookkeeping';
import { CATALOG } from './database-file';
import { duckdbDialect } from './dialect';
import { requireWritable } from './objects/require-writable';
import type { Transaction } from './session';
import { DEFAULT_SCHEMA, DuckDBTables } from './tables';
import { endVerify } from './verify-tables';

/** These hold DuckDB's views of the catalog, and no tables. */
const SYSTEM_SCHEMAS = /^(?:pg_catalog|information_schema)$/i;

/** The problem with the name of a table, if it has one. */
export function nameProblem(name: TableName): string | undefined {
  return reservedProblem(name, SYSTEM_SCHEMAS);
}

export const REGISTRY: Registry<Transaction, PipelineRow, DuckDBTables> = {
  bookkeeping: BOOKKEEPING,
  dialect: duckdbDialect,
  defaultSchema: DEFAULT_SCHEMA,
  elsewhere: 'another file with --to',
  change: (statement) => `Stop the replicator, run this in a DuckDB shell, and start it again: ${statement}`,
  tablesOf: (target, number) => new DuckDBTables(target, number),
  nameProblem,
  readState,
  isNameTaken: (transaction, { schema, table }) => tableExists(transaction, schema, table),
  async createSchema(transaction, schema) {
    await transaction.run(`CREATE SCHEMA IF NOT EXISTS ${CATALOG}.${quote(schema)}`);
  },
};

/**
 * Takes the lease of a pipeline. Registers a new one.
 * @throws DestinationTableTaken, DestinationUnusable, DestinationTableMissing, ColumnTypeChanged as `registered` does
 * @throws DestinationUnusable when an object that others added refuses every row
 */
export async function takeLease(
  transaction: Transaction,
  target: TableTarget,
  options?: LeaseOptions,
): Promise<{ readonly tables: DuckDBTables; readonly epoch: number }> {
  const { pipeline } = target;
  const known = await readState(transaction, pipeline);
  const { tables, state } = await registered(transaction, target, known, REGISTRY, options);
  if (state.published)
    await requireWritable(
      transaction,
      tables.name('visible'),
      await readColumns(transaction, tables.ownRows),
    );
  if (state.verifying) await endVerify(transaction, tables);
  const epoch = state.epoch + 1;
  await updateState(transaction, tables.ownRows, { epoch });
  return { tables, epoch };
}
