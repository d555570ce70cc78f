import type { Column } from '../../item/column';
import type { PublishResult } from '../destination';
import { keyNames, OWN_COLUMNS } from '../relational/columns';
import { publishHealed } from '../relational/heal';
import { equalOn } from '../relational/sql';
import { applyToShadow } from '../relational/statements';
import type { Transaction } from './session';
import type { DuckDBTables } from './tables';

const { action: ACTION } = OWN_COLUMNS;

/** Applies lines and changes to the visible table (rule G4). */
export function publishHeal(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
): Promise<PublishResult> {
  return publishHealed(transaction, tables, columns, () => applyLines(transaction, tables, columns));
}

/** Replaces the rows of all keys that have a line, as `applyToVisible` does. Returns the number of rows written or deleted. */
async function applyLines(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
): Promise<number> {
  const [visible, lines] = [tables.sql('visible'), tables.sql('lines')];
  const { soft } = tables;
  const leaving = soft ? `('upsert', 'delete')` : `('upsert')`;
  const [row] = await transaction.rows(
    `SELECT count(*) AS __r_removed FROM ${visible} __r_row, ${lines} __r_lines
       WHERE ${equalOn('__r_row', '__r_lines', keyNames(columns))} AND __r_lines.${ACTION} NOT IN ${leaving}`,
  );
  let written = Number(row?.['__r_removed']);
  const overlay = { shadow: visible, changes: lines, columns, soft, published: false };
  for (const statement of applyToShadow(overlay)) {
    const rows = await transaction.run(statement);
    // It also deletes the rows that the next statements insert again.
    if (!statement.startsWith('DELETE')) written += rows;
  }
  return written;
}
