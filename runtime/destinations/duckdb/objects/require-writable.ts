import type { Column } from '../../../item/column';
import { causeOf, unwritable } from '../../relational/causes';
import type { TableName } from '../../relational/sql';
import type { Transaction } from '../session';
import { findObjects } from './find-objects';

/** @throws DestinationUnusable when an object on the table refuses every row */
export async function requireWritable(
  transaction: Transaction,
  table: TableName,
  columns: readonly Column[],
): Promise<void> {
  for (const { label, reasons } of await findObjects(transaction, table, columns)) {
    const reason = reasons.find(({ everyRow }) => everyRow);
    if (reason !== undefined) throw unwritable(table, causeOf(label, reason));
  }
}
