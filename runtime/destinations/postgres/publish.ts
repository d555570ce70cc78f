import type { Column } from '../../item/column';
import type { PublishResult } from '../destination';
import { updateState } from '../relational/bookkeeping';
import { keyNames, otherNames, OWN_COLUMNS } from '../relational/columns';
import { applyChangesToShadow, publishShadow, type Write } from '../relational/publish';
import { columnList, equalOn, quote } from '../relational/sql';
import { isNewer, whole } from '../relational/statements';
import type { PostgresPipelineRow } from './bookkeeping';
import type { Transaction } from './connection/transaction';
import { addKey } from './key';
import { rowsDropped } from './objects/rows-dropped';
import { identifyRows } from './replica-identity';
import { storageOf } from './storage';
import type { PostgresTables } from './tables';

const { sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/** Applies the changes to the shadow table and makes it the visible table (rule P2). */
export async function publishGeneration(
  transaction: Transaction,
  tables: PostgresTables,
  columns: readonly Column[],
  state: PostgresPipelineRow,
): Promise<PublishResult> {
  await applyChangesToShadow(transaction, tables, columns, state);
  const write = await writing(transaction, tables, columns);
  return publishShadow(transaction, tables, columns, state, {
    beforeFirst: () => addIndex(transaction, tables, columns, state),
    merge: () => mergeShadow(tables, columns, write),
    write,
  });
}

/** Adds the index after the load, which is faster without one. */
async function addIndex(
  transaction: Transaction,
  tables: PostgresTables,
  columns: readonly Column[],
  state: PostgresPipelineRow,
): Promise<void> {
  const form = state.longKeys ? 'digest' : 'columns';
  await addKey(transaction, tables.name('shadow'), columns, form, tables.number);
  if (form === 'columns') await identifyRows(transaction, tables.name('shadow'), 'DEFAULT');
  await updateState(transaction, tables.ownRows, { digestKey: state.longKeys });
}

/**
 * Writes only the differences, so that the table, objects built on it, and unchanged rows stay. Returns the number of
 * rows written.
 */
async function mergeShadow(
  tables: PostgresTables,
  columns: readonly Column[],
  write: Write,
): Promise<number> {
  const [shadow, visible] = [tables.sql('shadow'), tables.sql('visible')];
  const keys = keyNames(columns);
  const sameKey = equalOn('__r_row', '__r_shadow', keys);
  const own = tables.soft ? [TIME, DELETED] : [TIME];
  const others = otherNames(columns);
  const compared = tables.soft ? [...others, DELETED] : others;
  const isAbsent = `NOT EXISTS (SELECT FROM ${shadow} __r_shadow WHERE ${sameKey})`;
  const gone = tables.soft
    ? await write({
        statement: `UPDATE ${visible} __r_row SET ${DELETED} = true, ${TIME} = NULL`,
        from: `${visible} __r_row`,
        where: `NOT __r_row.${DELETED} AND ${isAbsent}`,
      })
    : await write({
        statement: `DELETE FROM ${visible} __r_row`,
        from: `${visible} __r_row`,
        where: isAbsent,
      });
  const differs = compared.map((name) => `__r_row.${quote(name)} IS DISTINCT FROM __r_shadow.${quote(name)}`);
  const assignments = [...others, ...own].map((name) => `${quote(name)} = __r_shadow.${quote(name)}`);
  const changed = await write({
    statement: `UPDATE ${visible} __r_row SET ${assignments.join(', ')} FROM ${shadow} __r_shadow`,
    from: `${visible} __r_row, ${shadow} __r_shadow`,
    where: `${sameKey} AND (${[...differs, isNewer('__r_row', '__r_shadow')].join(' OR ')})`,
  });
  const names = [...columns.map(({ name }) => name), ...own];
  const added = await write({
    statement: `INSERT INTO ${visible} (${columnList(names)}) SELECT ${columnList(names, '__r_shadow')} FROM ${shadow} __r_shadow`,
    from: `${shadow} __r_shadow`,
    where: `NOT EXISTS (SELECT FROM ${visible} __r_row WHERE ${sameKey})`,
  });
  return gone + changed + added;
}

/** Rows are counted before they are written only if a trigger or rule may drop some, which is then an error. */
export async function writing(
  transaction: Transaction,
  tables: PostgresTables,
  columns: readonly Column[],
): Promise<Write> {
  const name = tables.name('visible');
  const acted = (await storageOf(transaction, name))?.acted === true;
  return async (rows) => {
    const [row] = acted
      ? await transaction.rows(`SELECT count(*) AS expected FROM ${rows.from} WHERE ${rows.where}`)
      : [];
    const written = await transaction.run(whole(rows));
    if (row !== undefined && written < Number(row['expected']))
      throw await rowsDropped(transaction, [name], columns);
    return written;
  };
}
