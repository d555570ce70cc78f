import { DestinationTableMisnamed } from '../errors';
import { type PipelineRow, readColumns, readPipelines } from './bookkeeping';
import { isMade, wasPublished } from './present-tables';
import { readTarget, type Registry, tablesMade, writerOf } from './registry';
import { literal, type TableName } from './sql';
import type { PipelineTables } from './tables';
import { OWN_SCHEMA, type RecordedTarget, type TargetWords } from './target';
import type { SqlTransaction } from './transaction';

/** A pipeline, and a table that may be its own under another name. */
interface Candidate {
  readonly pipeline: string;
  readonly name: TableName;
}

/** For a pipeline whose recorded table is missing: the names that its table gets without settings. */
export function usualTables(
  { pipeline, schema }: RecordedTarget,
  { defaultSchema }: TargetWords,
): readonly Candidate[] {
  const table = pipeline.slice(pipeline.lastIndexOf('/') + 1);
  return [schema ?? defaultSchema, defaultSchema].map((one) => ({ pipeline, name: { schema: one, table } }));
}

/** For a table that no pipeline is recorded for. */
export async function anyPipeline(
  transaction: SqlTransaction,
  name: TableName,
  bookkeeping: string,
): Promise<readonly Candidate[]> {
  return (await readPipelines(transaction, bookkeeping)).map((pipeline) => ({ pipeline, name }));
}

/** The error when the recorded table of a pipeline does not exist, and a table of this name has its columns. */
export async function misnamedTable<
  Transaction extends SqlTransaction,
  State extends PipelineRow,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  { pipeline, name: { schema, table } }: Candidate,
  registry: Registry<Transaction, State, Tables>,
): Promise<DestinationTableMisnamed | undefined> {
  const recorded = await readTarget(transaction, pipeline, registry.bookkeeping);
  const state = await registry.readState(transaction, pipeline);
  if (state === undefined || !wasPublished(state)) return undefined;
  const { tables, deletes } = await tablesMade(transaction, recorded, state.number, registry);
  if (await tables.exists(transaction, 'visible')) return undefined;
  if ((await writerOf(transaction, { schema, table }, registry)) !== undefined) return undefined;
  const present = registry.tablesOf({ pipeline, schema, table, deletes }, state.number);
  const columns = await readColumns(transaction, tables.ownRows);
  if (!(await isMade(transaction, present, columns))) return undefined;
  return new DestinationTableMisnamed(
    `${recorded.schema}.${recorded.table}`,
    `${schema}.${table}`,
    tables.source,
    `UPDATE ${OWN_SCHEMA}.pipelines SET schema_name = ${literal(schema)}, table_name = ${literal(table)} ` +
      `WHERE pipeline = ${literal(pipeline)};`,
  );
}

/** The error of `misnamedTable` for the first of these that has one. */
export async function firstMisnamed<
  Transaction extends SqlTransaction,
  State extends PipelineRow,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  candidates: readonly Candidate[],
  registry: Registry<Transaction, State, Tables>,
): Promise<DestinationTableMisnamed | undefined> {
  for (const candidate of candidates) {
    const found = await misnamedTable(transaction, candidate, registry);
    if (found !== undefined) return found;
  }
  return undefined;
}
