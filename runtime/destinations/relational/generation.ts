import type { Column } from '../../item/column';
import { clearLedger, type PipelineRow, updateState } from './bookkeeping';
import { deleteDeadLetters } from './dead-letters';
import type { PipelineTables } from './tables';
import type { SqlTransaction } from './transaction';

/** The tables that a generation may have before it is published. */
export const GENERATION_TABLES = ['shadow', 'lines', 'changes'] as const;

/** A heal changes the visible table, so that has to exist. @throws Error otherwise */
export function requireHealable(state: PipelineRow): void {
  if (!state.published) throw new Error('a heal needs a visible table');
}

/**
 * Creates empty tables for a generation, and forgets earlier loads and positions.
 * @param into the table that its exports go into
 */
export async function beginGeneration<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  columns: readonly Column[],
  { generation, into }: { readonly generation: number; readonly into: 'shadow' | 'lines' },
): Promise<void> {
  const { ownRows } = tables;
  await endGeneration(transaction, tables);
  for (const table of [into, 'changes'] as const) await tables.create(transaction, table, columns);
  await transaction.run(`DELETE FROM ${ownRows.schema}.shards WHERE ${ownRows.condition}`, ownRows.values);
  await updateState(transaction, ownRows, {
    generation,
    loading: into === 'shadow',
    healing: into === 'lines',
  });
}

/** Drops what a generation has before its publish. Its positions stay. */
export async function endGeneration<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
): Promise<void> {
  const { ownRows } = tables;
  for (const table of GENERATION_TABLES) await tables.drop(transaction, table);
  await clearLedger(transaction, ownRows, 'shadow', 'lines');
  await deleteDeadLetters(transaction, ownRows, ...GENERATION_TABLES);
  await updateState(transaction, ownRows, { loading: false, healing: false });
}
