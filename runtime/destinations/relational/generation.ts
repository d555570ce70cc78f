import type { Column } from '../../item/column';
import { clearLedger, updateState } from './bookkeeping';
import { deleteDeadLetters } from './dead-letters';
import type { PipelineTables } from './tables';
import type { SqlTransaction } from './transaction';

/** Creates empty tables for a generation, and forgets earlier loads and positions. */
export async function beginGeneration<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  columns: readonly Column[],
  generation: number,
): Promise<void> {
  const { ownRows } = tables;
  for (const table of ['shadow', 'changes'] as const) {
    await tables.drop(transaction, table);
    await tables.create(transaction, table, columns);
  }
  await transaction.run(`DELETE FROM ${ownRows.schema}.shards WHERE ${ownRows.condition}`, ownRows.values);
  await clearLedger(transaction, ownRows, 'shadow');
  await deleteDeadLetters(transaction, ownRows, 'shadow', 'changes');
  await updateState(transaction, ownRows, { generation, loading: true });
}
