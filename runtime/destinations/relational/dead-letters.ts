import type { TableRole } from '../destination';
import type { OwnRows } from './bookkeeping';
import type { SqlTransaction } from './transaction';

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
