import type { Column } from '../../item/column';
import type { PublishResult } from '../destination';
import { keyNames, otherNames, OWN_COLUMNS } from '../relational/columns';
import { publishHealed } from '../relational/heal';
import { columnList, equalOn, quote } from '../relational/sql';
import { keyOnlyTombstones, type RowWrite } from '../relational/statements';
import type { Transaction } from './connection/transaction';
import { writing } from './publish';
import type { PostgresTables } from './tables';

const { action: ACTION, known: KNOWN, sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/** Applies lines and changes to the visible table (rule G4). */
export function publishHeal(
  transaction: Transaction,
  tables: PostgresTables,
  columns: readonly Column[],
): Promise<PublishResult> {
  return publishHealed(transaction, tables, columns, async () => {
    const write = await writing(transaction, tables, columns);
    let written = 0;
    for (const rows of applyLines(tables, columns)) written += await write(rows);
    return written;
  });
}

/** Rows are updated in place, so that columns of users keep their values. */
function applyLines(tables: PostgresTables, columns: readonly Column[]): readonly RowWrite[] {
  const { soft } = tables;
  const [visible, lines] = [tables.sql('visible'), tables.sql('lines')];
  const keys = keyNames(columns);
  const others = otherNames(columns);
  const sameKey = equalOn('__r_row', '__r_lines', keys);
  const isDelete = `__r_lines.${ACTION} = 'delete'`;
  /** Whole rows: upserts, and with soft deletes also deleted rows whose values are known. */
  const isWhole = soft
    ? `__r_lines.${ACTION} IN ('upsert', 'delete') AND __r_lines.${KNOWN}`
    : `__r_lines.${ACTION} = 'upsert'`;
  const isGone = `__r_lines.${ACTION} NOT IN (${soft ? `'upsert', 'delete'` : `'upsert'`})`;
  const found = `${lines} __r_lines`;
  const both = `${visible} __r_row, ${found}`;
  const update = (assignments: readonly string[], which: string): RowWrite => ({
    statement: `UPDATE ${visible} __r_row SET ${assignments.join(', ')} FROM ${found}`,
    from: both,
    where: `${sameKey} AND ${which}`,
  });
  const copied = [...others, TIME].map((name) => `${quote(name)} = __r_lines.${quote(name)}`);
  const names = [...keys, ...others, TIME];
  return [
    {
      statement: `DELETE FROM ${visible} __r_row USING ${found}`,
      from: both,
      where: `${sameKey} AND ${isGone}`,
    },
    update([...copied, ...(soft ? [`${DELETED} = (${isDelete})`] : [])], isWhole),
    // The last known values stay.
    ...(soft
      ? [
          update(
            [`${TIME} = __r_lines.${TIME}`, `${DELETED} = true`],
            `${isDelete} AND NOT __r_lines.${KNOWN}`,
          ),
        ]
      : []),
    {
      statement: `INSERT INTO ${visible} (${columnList(names)}${soft ? `, ${DELETED}` : ''})
        SELECT ${columnList(names, '__r_lines')}${soft ? `, ${isDelete}` : ''} FROM ${found}`,
      from: found,
      where: `${isWhole} AND NOT EXISTS (SELECT FROM ${visible} __r_row WHERE ${sameKey})`,
    },
    ...(soft ? [keyOnlyTombstones(visible, lines, columns)] : []),
  ];
}
