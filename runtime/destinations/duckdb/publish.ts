import type { Column } from '../../item/column';
import type { PublishResult } from '../destination';
import { DestinationTableTaken } from '../errors';
import { insertKeyOnly } from './apply';
import { tableExists, updateState, type PipelineState } from './bookkeeping';
import { countLetters, DEAD_LETTERS, deleteLetters } from './dead-letters';
import { OWN_COLUMNS } from './dialect';
import { narrowJoin } from './narrow-join';
import type { Transaction } from './session';
import { temporary } from './session';
import { changesOverShadow, datedTombstones, liveRows } from '../relational/statements';
import { columnList, quote } from '../relational/sql';
import { keyNames } from '../relational/columns';
import type { PipelineTables } from './tables';

const { key: KEY, sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/** Rows of the visible and of the shadow table that are not the same. */
const DIFFERING = temporary('differing');

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
async function countRows(transaction: Transaction, tables: PipelineTables): Promise<number> {
  const [row] = await transaction.rows(liveRows(tables.sql('visible'), tables.soft));
  return Number(row?.['__r_live']);
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
  const more = tables.soft ? [`__r_row.${DELETED}`] : [];
  if (tables.soft) compared.push(DELETED);
  const absent = tables.soft
    ? `(__r_there.__r_number IS NULL AND NOT __r_here.${DELETED})`
    : '__r_there.__r_number IS NULL';
  await transaction.run(
    `CREATE OR REPLACE TEMPORARY TABLE ${DIFFERING} AS
       SELECT __r_here.__r_number AS __r_visible, __r_there.__r_number AS __r_shadow
       FROM ${narrowJoin({ table: visible, keys, compared, more }, { table: shadow, keys, compared, more })}
       WHERE __r_here.__r_number IS NULL OR ${absent} OR __r_here.__r_digest <> __r_there.__r_digest`,
  );
  if (tables.soft) {
    await transaction.run(
      `UPDATE ${visible} SET ${DELETED} = true, ${TIME} = NULL
         WHERE rowid IN (SELECT __r_visible FROM ${DIFFERING} WHERE __r_shadow IS NULL)`,
    );
  }
  const replaced = tables.soft
    ? '__r_visible IS NOT NULL AND __r_shadow IS NOT NULL'
    : '__r_visible IS NOT NULL';
  await transaction.run(
    `DELETE FROM ${visible} WHERE rowid IN (SELECT __r_visible FROM ${DIFFERING} WHERE ${replaced})`,
  );
  const names = columnList([...columns.map(({ name }) => name), TIME, ...(tables.soft ? [DELETED] : [])]);
  await transaction.run(
    `INSERT INTO ${visible} (${names}) SELECT ${names} FROM ${shadow}
       WHERE rowid IN (SELECT __r_shadow FROM ${DIFFERING} WHERE __r_shadow IS NOT NULL)`,
  );
  const [row] = await transaction.rows(`SELECT count(*) AS __r_written FROM ${DIFFERING}`);
  await transaction.run(`DROP TABLE ${DIFFERING}`);
  return Number(row?.['__r_written']);
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
