import type { Column } from '../../item/column';
import type { PublishResult } from '../destination';
import type { PipelineRow } from '../relational/bookkeeping';
import { keyNames, otherNames, OWN_COLUMNS } from '../relational/columns';
import { publishShadow } from '../relational/publish';
import { isNewer, whole } from '../relational/statements';
import { columnList } from '../relational/sql';
import { narrowJoin } from './narrow-join';
import { temporary, type Transaction } from './session';
import type { DuckDBTables } from './tables';

const { sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/** Rows that differ between the visible and the shadow table. */
const DIFFERING = temporary('differing');

/**
 * Makes the shadow table the visible table (rule P2). An earlier transaction has applied the changes to it, because
 * DuckDB cannot reopen a file whose log has one transaction that deletes rows from a table and renames it (1.5.5).
 * Nobody sees the shadow table in between, and after a crash the changes can be applied again with the same result.
 */
export function publishGeneration(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
  state: PipelineRow,
): Promise<PublishResult> {
  return publishShadow(transaction, tables, columns, state, {
    merge: () => mergeShadow(transaction, tables, columns),
    write: (rows) => transaction.run(whole(rows)),
  });
}

/**
 * Writes only the differences, so that the table, objects built on it, and unchanged rows stay. Returns the number of
 * rows written.
 */
async function mergeShadow(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
): Promise<number> {
  const [shadow, visible] = [tables.sql('shadow'), tables.sql('visible')];
  const keys = keyNames(columns);
  const compared = [...otherNames(columns)];
  const more = [TIME, ...(tables.soft ? [DELETED] : [])].map((name) => `__r_row.${name}`);
  if (tables.soft) compared.push(DELETED);
  const absent = tables.soft
    ? `(__r_there.__r_number IS NULL AND NOT __r_here.${DELETED})`
    : '__r_there.__r_number IS NULL';
  await transaction.run(
    `CREATE OR REPLACE TEMPORARY TABLE ${DIFFERING} AS
       SELECT __r_here.__r_number AS __r_visible, __r_there.__r_number AS __r_shadow
       FROM ${narrowJoin({ table: visible, keys, compared, more }, { table: shadow, keys, compared, more })}
       WHERE __r_here.__r_number IS NULL OR ${absent} OR __r_here.__r_digest <> __r_there.__r_digest
         OR ${isNewer('__r_here', '__r_there')}`,
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
