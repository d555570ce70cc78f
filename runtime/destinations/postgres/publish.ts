import type { Column } from '../../item/column';
import type { PublishResult } from '../destination';
import { DestinationTableTaken } from '../errors';
import { changesOverShadow, datedTombstones, keyOnlyTombstones, liveRows } from '../publish-statements';
import { keyNames } from '../recorded-columns';
import { columnList, equalOn, quote } from '../sql';
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
export async function countRows(transaction: Transaction, tables: PipelineTables): Promise<number> {
  const [row] = await transaction.rows(liveRows(tables.sql('visible'), tables.soft));
  return Number(row?.['live']);
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
  const sameKey = equalOn('v', 'n', keys);
  const own = tables.soft ? [TIME, DELETED] : [TIME];
  const others = columns.map(({ name }) => name).filter((name) => !keys.includes(name));
  const compared = tables.soft ? [...others, DELETED] : others;
  const isAbsent = `NOT EXISTS (SELECT FROM ${shadow} n WHERE ${sameKey})`;
  const gone = await transaction.run(
    tables.soft
      ? `UPDATE ${visible} v SET ${DELETED} = true, ${TIME} = NULL WHERE NOT v.${DELETED} AND ${isAbsent}`
      : `DELETE FROM ${visible} v WHERE ${isAbsent}`,
  );
  const differs = compared.map((name) => `v.${quote(name)} IS DISTINCT FROM n.${quote(name)}`);
  const assignments = [...others, ...own].map((name) => `${quote(name)} = n.${quote(name)}`);
  const changed = await transaction.run(
    `UPDATE ${visible} v SET ${assignments.join(', ')} FROM ${shadow} n
       WHERE ${sameKey} AND (${['false', ...differs].join(' OR ')})`,
  );
  const names = [...columns.map(({ name }) => name), ...own];
  const added = await transaction.run(
    `INSERT INTO ${visible} (${columnList(names)}) SELECT ${columnList(names, 'n')} FROM ${shadow} n
       WHERE NOT EXISTS (SELECT FROM ${visible} v WHERE ${sameKey})`,
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
    `UPDATE ${DEAD_LETTERS} d SET stage = 'visible' WHERE number = ${number} AND (stage = 'changes' OR
       (stage = 'shadow' AND NOT EXISTS (SELECT FROM ${tables.sql('changes')} c WHERE c.${DIGEST} = d.digest)))`,
  );
  await deleteLetters(transaction, number, 'shadow', 'changes');
}
