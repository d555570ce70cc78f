import type { Column } from '../../item/column';
import type { LeaseOptions } from '../destination';
import { DestinationTableTaken } from '../errors';
import type { PipelineRow } from './bookkeeping';
import type { OwnTable, PipelineTables } from './tables';
import type { SqlTransaction } from './transaction';

/**
 * The state of a pipeline by the tables that are there, whose columns hold every value. The tables of a verify are of no
 * interest: a lease ends it.
 * @returns `recorded.state` itself where all of its tables are there
 * @throws DestinationTableMissing, ColumnTypeChanged, RecordsMissing when people have changed them
 * @throws DestinationTableTaken when something has the visible table's name before its publish
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
  const present = await presentState(transaction, tables, state, options);
  // The key is recorded before the first generation begins.
  const needsColumns = present.loading || present.published;
  if (needsColumns && columns.length === 0) throw tables.recordsMissing('columns');
  for (const table of tables.existing({ ...present, verifying: false })) {
    await tables.requireMade(transaction, table, columns);
  }
  return present;
}

/**
 * The state as it is without tables that were dropped by hand, where a load under way, or the one that is to begin, makes them
 * again. The tables of a verify are of no interest: a lease ends it.
 */
async function presentState<
  Transaction extends SqlTransaction,
  State extends PipelineRow,
  Tables extends PipelineTables<Transaction>,
>(
  transaction: Transaction,
  tables: Tables,
  state: State,
  { recreate = false }: LeaseOptions,
): Promise<State> {
  let { loading, published } = state;
  if (loading && !(await allExist(transaction, tables, ['shadow', 'changes']))) {
    if (!recreate) throw tables.missing('shadow');
    loading = false;
  }
  const exists = await tables.exists(transaction, 'visible');
  if (exists && !published) throw new DestinationTableTaken(tables.target.table, undefined);
  const wasPublished = state.generation > 0 && !state.loading;
  if (!exists && (published || wasPublished)) {
    if (!loading && !recreate) throw tables.missing('visible');
    published = false;
  }
  const isSame = loading === state.loading && published === state.published;
  return isSame ? state : { ...state, loading, published };
}

async function allExist<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  some: readonly OwnTable[],
): Promise<boolean> {
  for (const table of some) if (!(await tables.exists(transaction, table))) return false;
  return true;
}
