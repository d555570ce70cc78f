import type { Column } from '../../item/column';
import type { PublishResult } from '../destination';
import type { PipelineRow } from '../relational/bookkeeping';
import { keyNames, otherNames, OWN_COLUMNS } from '../relational/columns';
import { publishShadow } from '../relational/publish';
import { columnList } from '../relational/sql';
import { narrowJoin } from './narrow-join';
import { temporary, type Transaction } from './session';
import type { DuckDBTables } from './tables';

const { sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/** Rows of the visible and of the shadow table that are not the same. */
const DIFFERING = temporary('differing');

/**
 * Makes the shadow table the visible table (rule P2). The changes have been applied to it by a transaction of their own:
 * DuckDB cannot open a file again whose log has rows deleted from a table and the table renamed by one transaction
 * (1.5.5). Nobody sees the shadow table meanwhile, and to apply them once more, after a crash, comes to the same.
 */
export function publishGeneration(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
  state: PipelineRow,
): Promise<PublishResult> {
  return publishShadow(transaction, tables, columns, state, {
    merge: () => mergeShadow(transaction, tables, columns),
  });
}

/** Writes only what differs, so that the table, what is built on it, and unchanged rows stay. Returns rows written. */
async function mergeShadow(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
): Promise<number> {
  const [shadow, visible] = [tables.sql('shadow'), tables.sql('visible')];
  const keys = keyNames(columns);
  const compared = [...otherNames(columns)];
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
