import type { DatedDeadLetter, DeadLetter } from '../../item/dead-letter';
import type { RowChange, TableRole } from '../destination';
import type { OwnRows } from './bookkeeping';
import type { SqlTransaction } from './transaction';

/** The dead letters of a batch of changes. */
export function changedDeadLetters(changes: readonly RowChange[]): readonly DatedDeadLetter[] {
  return changes.flatMap((change) =>
    change.action === 'dead letter' ? [{ ...change.deadLetter, sourceTime: change.sourceTime }] : [],
  );
}

/** Those of an export, which says of no item when it was written. */
export function exportedDeadLetters(deadLetters: readonly DeadLetter[]): readonly DatedDeadLetter[] {
  return deadLetters.map((deadLetter) => ({ ...deadLetter, sourceTime: null }));
}

export async function deleteDeadLetters(
  transaction: SqlTransaction,
  { schema, condition, values }: OwnRows,
  ...roles: readonly TableRole[]
): Promise<void> {
  const list = roles.map((role) => `'${role}'`).join(', ');
  await transaction.run(
    `DELETE FROM ${schema}.dead_letters WHERE ${condition} AND stage IN (${list})`,
    values,
  );
}

export async function countDeadLetters(
  transaction: SqlTransaction,
  { schema, condition, values }: OwnRows,
  role: TableRole,
): Promise<number> {
  const [row] = await transaction.rows(
    `SELECT count(*) AS letters FROM ${schema}.dead_letters WHERE ${condition} AND stage = '${role}'`,
    values,
  );
  return Number(row?.['letters']);
}
