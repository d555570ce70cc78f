import type { Cell, Column } from '../../item/column';
import type { RereadRule } from '../destination';
import { keyColumns, keyNames, OWN_COLUMNS } from './columns';
import { keyTextOfRow } from './found-keys';
import { equalOn } from './sql';
import type { PipelineTables } from './tables';
import type { SqlRow, SqlTransaction } from './transaction';

const { action: ACTION, sourceTime: TIME, deleted: DELETED } = OWN_COLUMNS;

/** How a database writes what its query needs. */
export interface RereadWords {
  /** A time, as SQL. @param ms epoch ms */
  time(ms: number): string;
  /** A key column as text, as SQL: bytes in base64, other values as cells. */
  cell(alias: string, column: Column): string;
}

/**
 * The query for the keys that a heal has to read again (rule G3). It reads each table once. `foundKeyText` reads its rows.
 * Its parameters are those of `tables.ownRows`.
 */
export function rereadQuery<Transaction extends SqlTransaction>(
  tables: PipelineTables<Transaction>,
  columns: readonly Column[],
  { since, untimed, edges }: RereadRule,
  { time, cell }: RereadWords,
): string {
  const { ownRows, keyName, soft } = tables;
  const keys = keyColumns(columns);
  const rows = (table: 'visible' | 'lines', where: readonly string[]) => {
    const cells = keys.map((column, i) => `${cell('__r_row', column)} AS __r_key${i}`);
    return `SELECT CAST(NULL AS text) AS __r_text, ${cells.join(', ')}
      FROM ${tables.sql(table)} __r_row WHERE ${where.join(' AND ')}`;
  };
  const deadLetters = (stage: 'visible' | 'lines', where: readonly string[]) =>
    `SELECT __r_row.key, ${keys.map(() => 'CAST(NULL AS text)').join(', ')}
      FROM ${ownRows.schema}.dead_letters __r_row
      WHERE ${[ownRows.condition, `__r_row.stage = '${stage}'`, ...where].join(' AND ')}`;
  const none = (table: 'lines' | 'changes', sameKey: string) =>
    `NOT EXISTS (SELECT 1 FROM ${tables.sql(table)} __r_newer WHERE ${sameKey})`;
  const sameRow = equalOn('__r_row', '__r_newer', keyNames(columns));
  const sameLine = `__r_newer.${keyName.column} = __r_row.${keyName.column}`;
  const sameLetter = `__r_newer.${keyName.column} = __r_row.${keyName.ofDeadLetters}`;
  const atEdge = (column: string) =>
    `(${['false', ...edges.map(({ from, to }) => `${column} BETWEEN ${time(from)} AND ${time(to)}`)].join(' OR ')})`;
  return [
    rows('visible', [
      ...(soft ? [`NOT __r_row.${DELETED}`] : []),
      ...(untimed ? [] : [`__r_row.${TIME} >= ${time(since)}`]),
      none('lines', sameRow),
      none('changes', sameRow),
    ]),
    rows('lines', [`__r_row.${ACTION} = 'upsert'`, atEdge(`__r_row.${TIME}`), none('changes', sameLine)]),
    deadLetters('visible', [
      `(__r_row.source_time IS NULL OR __r_row.source_time >= ${time(since)})`,
      none('lines', sameLetter),
      none('changes', sameLetter),
    ]),
    deadLetters('lines', [atEdge('__r_row.source_time'), none('changes', sameLetter)]),
  ].join(' UNION ALL ');
}

/** @param row of `rereadQuery` @param columns the recorded columns */
export function foundKeyText(row: SqlRow, columns: readonly Column[]): string {
  const { __r_text: text = null } = row;
  if (text !== null) return String(text);
  const key = keyColumns(columns).map(({ type }, i): Cell => {
    const shown = String(row[`__r_key${i}`]);
    return type.kind === 'binary' ? new Uint8Array(Buffer.from(shown, 'base64')) : shown;
  });
  return keyTextOfRow(columns, key);
}
