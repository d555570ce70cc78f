import type { Column } from '../../../item/column';
import { causeOf, unwritable } from '../../relational/causes';
import type { TableName } from '../../relational/sql';
import type { Transaction } from '../connection/transaction';
import { findObjects } from './find-objects';

/**
 * @throws DestinationUnusable when an object on the table certainly refuses rows, or silently drops changes, such as
 * a rule that does nothing instead of a delete
 */
export async function requireWritable(
  transaction: Transaction,
  table: TableName,
  columns: readonly Column[],
): Promise<void> {
  for (const { label, reasons } of await findObjects(transaction, table, columns)) {
    const reason = reasons.find(({ inCheck }) => inCheck === 'refuses');
    if (reason !== undefined) throw unwritable(table, causeOf(label, reason));
  }
}
