import type { Column } from '../../item/column';
import type { PublishResult } from '../destination';
import { DestinationTableTaken } from '../errors';
import { changesOverShadow, datedTombstones, keyOnlyTombstones, liveRows } from '../relational/statements';
import { keyNames } from '../relational/columns';
import { columnList, equalOn, integer, quote } from '../relational/sql';
import { tableExists, updateState, type PipelineState } from './bookkeeping';
import { countLetters, DEAD_LETTERS, deleteLetters } from './dead-letters';
import { OWN_COLUMNS } from './dialect';
import { addKey } from './key';
import type { PipelineTables } from './tables';
import type { Transaction } from './connection/transaction';

const { digest: DIGEST, sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/** Lays the changes over the shadow table and makes that the visible table (rule P2). */
export async function publishGeneration(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  state: PipelineState,
): Promise<PublishResult> {
  const { number } = tables;
  const [shadow, changes] = [tables.sql('shadow'), tables.sql('changes')];
  const overlay = { shadow, changes, columns, soft: tables.soft, published: state.published };
  for (const statement of changesOverShadow(overlay)) await transaction.run(statement);
  let written = 0;
  if (state.published) {
    written = await mergeShadow(transaction, tables, columns);
    if (tables.soft) written += await carryTombstones(transaction, tables, columns);
    await tables.drop(transaction, 'shadow');
  } else {
    await makeVisible(transaction, tables, columns, state);
  }
  await publishLetters(transaction, tables);
  await tables.drop(transaction, 'changes');
  await updateState(transaction, number, { published: true, loading: false });
  const rows = await countRows(transaction, tables);
  return {
    rows,
    written: state.published ? written : rows,
    deadLetters: await countLetters(transaction, number, 'visible'),
  };
}

/** Rows of the visible table that are not soft-deleted. */
async function countRows(transaction: Transaction, tables: PipelineTables): Promise<number> {
  const [row] = await transaction.rows(liveRows(tables.sql('visible'), tables.soft));
  return Number(row?.['__r_live']);
}

async function makeVisible(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  state: PipelineState,
): Promise<void> {
  const { schema, table } = tables.name('visible');
  if (await tableExists(transaction, schema, table)) throw new DestinationTableTaken(table, undefined);
  const form = state.longKeys ? 'digest' : 'columns';
  await addKey(transaction, tables.name('shadow'), columns, form, tables.number);
  await updateState(transaction, tables.number, { digestKey: state.longKeys });
  await transaction.run(`ALTER TABLE ${tables.sql('shadow')} RENAME TO ${quote(table)}`);
}

/** Writes only what differs, so that the table, what is built on it, and unchanged rows stay. Returns rows written. */
async function mergeShadow(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
): Promise<number> {
  const [shadow, visible] = [tables.sql('shadow'), tables.sql('visible')];
  const keys = keyNames(columns);
  const sameKey = equalOn('__r_row', '__r_shadow', keys);
  const own = tables.soft ? [TIME, DELETED] : [TIME];
  const others = columns.map(({ name }) => name).filter((name) => !keys.includes(name));
  const compared = tables.soft ? [...others, DELETED] : others;
  const isAbsent = `NOT EXISTS (SELECT FROM ${shadow} __r_shadow WHERE ${sameKey})`;
  const gone = await transaction.run(
    tables.soft
      ? `UPDATE ${visible} __r_row SET ${DELETED} = true, ${TIME} = NULL WHERE NOT __r_row.${DELETED} AND ${isAbsent}`
      : `DELETE FROM ${visible} __r_row WHERE ${isAbsent}`,
  );
  const differs = compared.map((name) => `__r_row.${quote(name)} IS DISTINCT FROM __r_shadow.${quote(name)}`);
  const assignments = [...others, ...own].map((name) => `${quote(name)} = __r_shadow.${quote(name)}`);
  const changed = await transaction.run(
    `UPDATE ${visible} __r_row SET ${assignments.join(', ')} FROM ${shadow} __r_shadow
       WHERE ${sameKey} AND (${['false', ...differs].join(' OR ')})`,
  );
  const names = [...columns.map(({ name }) => name), ...own];
  const added = await transaction.run(
    `INSERT INTO ${visible} (${columnList(names)}) SELECT ${columnList(names, '__r_shadow')} FROM ${shadow} __r_shadow
       WHERE NOT EXISTS (SELECT FROM ${visible} __r_row WHERE ${sameKey})`,
  );
  return gone + changed + added;
}

/** Deletes seen while loading of rows that the export does not have: marked in the visible table, or put there. */
async function carryTombstones(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
): Promise<number> {
  const [visible, changes, keys] = [tables.sql('visible'), tables.sql('changes'), keyNames(columns)];
  await transaction.run(datedTombstones(visible, changes, keys));
  return transaction.run(keyOnlyTombstones(visible, changes, keys));
}

async function publishLetters(transaction: Transaction, tables: PipelineTables): Promise<void> {
  const { number } = tables;
  await deleteLetters(transaction, number, 'visible');
  await transaction.run(
    `UPDATE ${DEAD_LETTERS} __r_letter SET stage = 'visible' WHERE number = ${integer(number)} AND (stage = 'changes' OR
       (stage = 'shadow' AND NOT EXISTS
         (SELECT FROM ${tables.sql('changes')} __r_changes WHERE __r_changes.${DIGEST} = __r_letter.digest)))`,
  );
  await deleteLetters(transaction, number, 'shadow', 'changes');
}
