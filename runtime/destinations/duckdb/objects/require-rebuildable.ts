import type { Column } from '../../../item/column';
import { DestinationUnusable } from '../../errors';
import { causeOf, oneOf } from '../../relational/causes';
import { columnList, qualified, type TableName } from '../../relational/sql';
import type { Transaction } from '../session';
import { findObjects } from './find-objects';

/**
 * @param changed the columns that need another type
 * @throws DestinationUnusable when a table cannot be replaced by a new one of its name
 */
export async function requireRebuildable(
  transaction: Transaction,
  table: TableName,
  columns: readonly Column[],
  changed: readonly string[],
): Promise<void> {
  const causes = (await findObjects(transaction, table, columns)).flatMap(({ label, reasons }) =>
    reasons.filter(({ refused }) => refused === 'rebuild').map((reason) => causeOf(label, reason)),
  );
  if (causes.length === 0) return;
  throw new DestinationUnusable(
    `Table ${qualified(table)} must be rebuilt to change the type of ${columnList(changed)}. What prevents it: ` +
      `${oneOf(causes)} then start the replicator again.`,
  );
}
