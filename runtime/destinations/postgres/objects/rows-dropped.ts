import type { Column } from '../../../item/column';
import { DestinationUnusable } from '../../errors';
import { causeOf, oneOf } from '../../relational/causes';
import { qualified, type TableName } from '../../relational/sql';
import type { Transaction } from '../connection/transaction';
import { findObjects } from './find-objects';

/**
 * The error for a write after which rows are not as they should be, although PostgreSQL reported no error: it names
 * the triggers and rules that may have dropped them.
 * @param columns the recorded columns of the table
 */
export async function rowsDropped(
  transaction: Transaction,
  table: TableName,
  columns: readonly Column[],
): Promise<DestinationUnusable> {
  const whys = (await findObjects(transaction, table, columns)).flatMap(({ label, reasons }) => {
    const reason = reasons.find(({ inCheck }) => inCheck === 'may drop' || inCheck === 'refuses');
    return reason === undefined ? [] : [causeOf(label, reason)];
  });
  return new DestinationUnusable(
    `PostgreSQL dropped rows that were written to table ${qualified(table)} or deleted from it, without an error. ` +
      `Nothing was committed. Cause: ${whys.length === 0 ? 'a trigger or rule that no longer exists;' : oneOf(whys)} ` +
      'then start the replicator again.',
  );
}
