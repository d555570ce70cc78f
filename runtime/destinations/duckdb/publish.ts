import type { Column } from '../../item/column';
import type { PublishResult } from '../destination';
import { DestinationTableTaken } from '../errors';
import { insertKeyOnly } from './apply';
import { tableExists, updateState, type PipelineState } from './bookkeeping';
import { countLetters, DEAD_LETTERS, deleteLetters } from './dead-letters';
import { OWN_COLUMNS } from './dialect';
import { narrowJoin } from './narrow-join';
import type { Transaction } from './session';
import { changesOverShadow, datedTombstones, liveRows } from '../publish-statements';
import { columnList, quote } from '../sql';
import { keyNames } from '../recorded-columns';
import type { PipelineTables } from './tables';

const { key: KEY, sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/**
 * A publish takes two transactions. DuckDB cannot open a file again whose log has rows deleted from a table and the
 * table renamed by one transaction (1.5.5), so the changes are laid over the shadow table first: nobody sees it, and
 * laying them over it once more, after a crash, comes to the same.
 */
export async function layChangesOver(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  state: PipelineState,
): Promise<void> {
  const [shadow, changes] = [tables.sql('shadow'), tables.sql('changes')];
  const overlay = { shadow, changes, columns, soft: tables.soft, published: state.published };
  for (const statement of changesOverShadow(overlay)) await transaction.run(statement);
}

/** Makes the shadow table, with the changes laid over it, the visible table (rule P2). */
export async function publishGeneration(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  state: PipelineState,
): Promise<PublishResult> {
  const { pipeline } = tables.target;
  let written = 0;
  if (state.published) {
    written = await mergeShadow(transaction, tables, columns);
    if (tables.soft) written += await carryTombstones(transaction, tables, columns);
    await tables.drop(transaction, 'shadow');
  } else {
    await renameShadow(transaction, tables);
  }
  await publishLetters(transaction, tables);
  await tables.drop(transaction, 'changes');
  await updateState(transaction, pipeline, { published: 'true', loading: 'false' });
  const rows = await countRows(transaction, tables);
  return {
    rows,
    written: state.published ? written : rows,
    deadLetters: await countLetters(transaction, pipeline, 'visible'),
  };
}

/** Rows of the visible table that are not soft-deleted. */
export async function countRows(transaction: Transaction, tables: PipelineTables): Promise<number> {
  const [row] = await transaction.rows(liveRows(tables.sql('visible'), tables.soft));
  return Number(row?.['live']);
}

async function renameShadow(transaction: Transaction, tables: PipelineTables): Promise<void> {
  const { schema, table } = tables.name('visible');
  if (await tableExists(transaction, schema, table)) throw new DestinationTableTaken(table, undefined);
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
  const compared = columns.map(({ name }) => name).filter((name) => !keys.includes(name));
  const more = tables.soft ? [`t.${DELETED}`] : [];
  if (tables.soft) compared.push(DELETED);
  const absent = tables.soft ? `(n.r IS NULL AND NOT v.${DELETED})` : 'n.r IS NULL';
  await transaction.run(
    `CREATE OR REPLACE TEMPORARY TABLE differing AS SELECT v.r AS visible_row, n.r AS shadow_row
       FROM ${narrowJoin({ table: visible, keys, compared, more }, { table: shadow, keys, compared, more })}
       WHERE v.r IS NULL OR ${absent} OR v.cells <> n.cells`,
  );
  if (tables.soft) {
    await transaction.run(
      `UPDATE ${visible} SET ${DELETED} = true, ${TIME} = NULL
         WHERE rowid IN (SELECT visible_row FROM differing WHERE shadow_row IS NULL)`,
    );
  }
  const replaced = tables.soft
    ? 'visible_row IS NOT NULL AND shadow_row IS NOT NULL'
    : 'visible_row IS NOT NULL';
  await transaction.run(
    `DELETE FROM ${visible} WHERE rowid IN (SELECT visible_row FROM differing WHERE ${replaced})`,
  );
  const names = columnList([...columns.map(({ name }) => name), TIME, ...(tables.soft ? [DELETED] : [])]);
  await transaction.run(
    `INSERT INTO ${visible} (${names}) SELECT ${names} FROM ${shadow}
       WHERE rowid IN (SELECT shadow_row FROM differing WHERE shadow_row IS NOT NULL)`,
  );
  const [row] = await transaction.rows('SELECT count(*) AS written FROM differing');
  await transaction.run('DROP TABLE differing');
  return Number(row?.['written']);
}

/** Deletes seen while loading of rows that the export does not have: marked in the visible table, or put there. */
async function carryTombstones(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
): Promise<number> {
  const [changes, visible] = [tables.sql('changes'), tables.sql('visible')];
  const keys = keyNames(columns);
  await transaction.run(datedTombstones(visible, changes, keys));
  return insertKeyOnly(transaction, visible, changes, keys);
}

async function publishLetters(transaction: Transaction, tables: PipelineTables): Promise<void> {
  const { pipeline } = tables.target;
  await deleteLetters(transaction, pipeline, 'visible');
  await transaction.run(
    `UPDATE ${DEAD_LETTERS} SET stage = 'visible' WHERE pipeline = $1 AND (stage = 'changes' OR
       (stage = 'shadow' AND key NOT IN (SELECT ${KEY} FROM ${tables.sql('changes')})))`,
    [pipeline],
  );
  await deleteLetters(transaction, pipeline, 'shadow', 'changes');
}
