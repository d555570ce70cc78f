import type { KeySchema } from '../../item/attribute-value';
import type { DestinationRequirement } from '../destination';
import type { ReplicatorError } from '../../errors';
import { ChangedByHand, DestinationTableMissing, DestinationTableTaken, KeyChanged } from '../errors';
import { type PipelineRow, readColumns } from './bookkeeping';
import { anyPipeline, firstMisnamed, usualTables } from './misnamed-table';
import { keyObstacle } from './key-obstacle';
import { requireTables } from './present-tables';
import { readTarget, type Registry, tablesMade, writerOf } from './registry';
import type { TableName } from './sql';
import type { PipelineTables } from './tables';
import type { SqlTransaction } from './transaction';

/**
 * What somebody has changed in the tables of a pipeline that its next lease would refuse. The pipeline is given by
 * its name, or by the name of the table that it writes. Changes nothing.
 * @param keySchema the key of the source table, if it is known
 */
export async function tableProblem<
  Transaction extends SqlTransaction,
  State extends PipelineRow,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  of: string | TableName,
  registry: Registry<Transaction, State, Tables>,
  keySchema?: KeySchema,
): Promise<ChangedByHand | KeyChanged | DestinationTableTaken | undefined> {
  const pipeline = typeof of === 'string' ? of : await writerOf(transaction, of, registry);
  if (pipeline === undefined) {
    const all = typeof of === 'string' ? [] : await anyPipeline(transaction, of, registry.bookkeeping);
    return firstMisnamed(transaction, all, registry);
  }
  const state = await registry.readState(transaction, pipeline);
  if (state === undefined) return undefined;
  const recorded = await readTarget(transaction, pipeline, registry.bookkeeping);
  try {
    const { tables, deletes } = await tablesMade(transaction, recorded, state.number, registry);
    const columns = await readColumns(transaction, tables.ownRows);
    await requireTables(transaction, tables, { state, columns });
    if (keySchema === undefined) return undefined;
    const target = { ...recorded, keySchema, deletes };
    return await keyObstacle(transaction, { tables, recorded, columns }, target, registry);
  } catch (error) {
    if (error instanceof DestinationTableMissing)
      return (await firstMisnamed(transaction, usualTables(recorded, registry), registry)) ?? error;
    if (error instanceof ChangedByHand || error instanceof DestinationTableTaken) return error;
    throw error;
  }
}

/** Whether somebody has to change something in the table. */
export function isChanged(problem: ReplicatorError | undefined): problem is ChangedByHand | KeyChanged {
  return problem instanceof ChangedByHand || problem instanceof KeyChanged;
}

/** The line of `check` for a table that somebody has changed. */
export function changedTable(
  { schema, table }: TableName,
  { what, fix }: ChangedByHand | KeyChanged,
): DestinationRequirement {
  return { requirement: `table ${schema}.${table} writable`, met: false, found: what, fix };
}
