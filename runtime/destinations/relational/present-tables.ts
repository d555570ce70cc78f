import type { Column } from '../../item/column';
import type { LeaseOptions } from '../destination';
import { ChangedByHand, DestinationTableTaken } from '../errors';
import type { PipelineRow } from './bookkeeping';
import type { OwnTable, PipelineTables } from './tables';
import type { SqlTransaction } from './transaction';

/**
 * Verifies the tables of a pipeline: that they exist, and that their columns hold every value. Ignores the tables of
 * a verify, since a lease ends it.
 * @returns the state according to the tables that exist: `recorded.state` itself if all do
 * @throws DestinationTableMissing, ColumnTypeChanged, RecordsMissing when somebody has changed them
 * @throws DestinationTableTaken when an object has the name of the visible table before its publish
 */
export async function requireTables<
  Transaction extends SqlTransaction,
  State extends PipelineRow,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  tables: Tables,
  { state, columns }: { readonly state: State; readonly columns: readonly Column[] },
  options: LeaseOptions = {},
): Promise<State> {
  const present = await presentState(transaction, tables, { state, columns }, options);
  // The key is recorded before the first generation begins.
  const needsColumns = present.loading || present.healing || present.published;
  if (needsColumns && columns.length === 0) throw tables.recordsMissing('columns');
  for (const table of tables.existing({ ...present, verifying: false })) {
    await tables.requireMade(transaction, table, columns);
  }
  return present;
}

/** Whether the visible table exists, unless somebody dropped it. */
export function wasPublished({ generation, loading, published }: PipelineRow): boolean {
  return published || (generation > 0 && !loading);
}

/** Whether a table of this name has the recorded columns. */
export async function isMade<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  columns: readonly Column[],
): Promise<boolean> {
  if (columns.length === 0 || !(await tables.exists(transaction, 'visible'))) return false;
  try {
    await tables.requireMade(transaction, 'visible', columns);
    return true;
  } catch (error) {
    if (error instanceof ChangedByHand) return false;
    throw error;
  }
}

/**
 * The state without the tables that somebody dropped, if a load that runs or is about to begin recreates them.
 * Ignores the tables of a verify, since a lease ends it.
 */
async function presentState<
  Transaction extends SqlTransaction,
  State extends PipelineRow,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  tables: Tables,
  { state, columns }: { readonly state: State; readonly columns: readonly Column[] },
  { recreate = false }: LeaseOptions,
): Promise<State> {
  let { loading, healing, published } = state;
  if (loading && !(await allExist(transaction, tables, ['shadow', 'changes']))) {
    if (!recreate) throw tables.missing('shadow');
    loading = false;
  }
  if (healing && !(await allExist(transaction, tables, ['lines', 'changes']))) {
    if (!recreate) throw tables.missing('lines');
    healing = false;
  }
  const exists = await tables.exists(transaction, 'visible');
  if (exists && !published) {
    // Somebody may have changed that record. A table with other columns is not ours.
    published = wasPublished(state) && (await isMade(transaction, tables, columns));
    if (!published) throw new DestinationTableTaken(tables.target.table, undefined);
  }
  if (!exists && wasPublished(state)) {
    if (!loading && !recreate) throw tables.missing('visible');
    published = false;
    // There is nothing left to heal.
    healing = false;
  }
  const isSame = loading === state.loading && healing === state.healing && published === state.published;
  return isSame ? state : { ...state, loading, healing, published };
}

async function allExist<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  some: readonly OwnTable[],
): Promise<boolean> {
  for (const table of some) if (!(await tables.exists(transaction, table))) return false;
  return true;
}
