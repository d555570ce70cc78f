import type { Column } from '../../item/column';
import type { PublishResult } from '../destination';
import { updateState } from './bookkeeping';
import { countDeadLetters } from './dead-letters';
import { countRows } from './publish';
import { applyToLines } from './statements';
import type { PipelineTables } from './tables';
import type { SqlTransaction } from './transaction';

/**
 * Applies lines, then changes, to the visible table (rule G4).
 * @param apply applies the lines to the visible table, when they include the changes. Returns the number of rows written
 * or deleted
 */
export async function publishHealed<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  columns: readonly Column[],
  apply: () => Promise<number>,
): Promise<PublishResult> {
  const { ownRows, keyName, soft } = tables;
  const [lines, changes] = [tables.sql('lines'), tables.sql('changes')];
  const { schema, condition, values } = ownRows;
  const replacedBy = (table: string) =>
    `EXISTS (SELECT 1 FROM ${table} __r_newer WHERE __r_newer.${keyName.column} = __r_dead_letter.${keyName.ofDeadLetters})`;
  const deadLetters = (statement: string, where: string) =>
    transaction.run(`${statement} WHERE ${condition} AND ${where}`, values);
  const stored = `${schema}.dead_letters __r_dead_letter`;
  await deadLetters(`DELETE FROM ${stored}`, `stage = 'lines' AND ${replacedBy(changes)}`);
  for (const statement of applyToLines({ lines, changes, columns, soft, key: keyName.column }))
    await transaction.run(statement);
  await deadLetters(`DELETE FROM ${stored}`, `stage = 'visible' AND ${replacedBy(lines)}`);
  await deadLetters(`UPDATE ${stored} SET stage = 'visible'`, `stage IN ('lines', 'changes')`);
  const written = await apply();
  // Checked last: since the table is written in this transaction, nobody else can alter it until the end.
  await tables.requireMade(transaction, 'visible', columns);
  await tables.drop(transaction, 'lines');
  await tables.drop(transaction, 'changes');
  await updateState(transaction, ownRows, { healing: false });
  return {
    rows: await countRows(transaction, tables),
    written,
    deadLetters: await countDeadLetters(transaction, ownRows, 'visible'),
  };
}
