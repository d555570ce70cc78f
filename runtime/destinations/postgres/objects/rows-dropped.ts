import type { Column } from '../../../item/column';
import { DestinationUnusable } from '../../errors';
import { causeOf, oneOf } from '../../relational/causes';
import { qualified, type TableName } from '../../relational/sql';
import type { Transaction } from '../connection/transaction';
import { findObjects } from './find-objects';

/**
 * The error for a write after which rows are not as they should be, although PostgreSQL reported no error: it names
 * the triggers and rules that may have dropped them.
 * @param tables those that were written, at least one; the first is named if none has such an object
 * @param columns the recorded columns of the tables
 */
export async function rowsDropped(
  transaction: Transaction,
  tables: readonly TableName[],
  columns: readonly Column[],
): Promise<DestinationUnusable> {
  let suspected: { readonly table: TableName; readonly whys: readonly string[] } | undefined;
  for (const table of tables) {
    const objects = await findObjects(transaction, table, columns);
    const whys = objects.flatMap(({ label, reasons }) => {
      const reason = reasons.find(({ inCheck }) => inCheck === 'may drop' || inCheck === 'refuses');
      return reason === undefined ? [] : [causeOf(label, reason)];
    });
    if (suspected === undefined || (suspected.whys.length === 0 && whys.length > 0))
      suspected = { table, whys };
  }
  if (suspected === undefined) throw new RangeError('no table was written');
  const { table, whys } = suspected;
  return new DestinationUnusable(
    `PostgreSQL dropped rows that were written to table ${qualified(table)} or deleted from it, without an error. ` +
      `Nothing was committed. Cause: ${whys.length === 0 ? 'a trigger or rule that no longer exists;' : oneOf(whys)} ` +
      'then start the replicator again.',
  );
}
