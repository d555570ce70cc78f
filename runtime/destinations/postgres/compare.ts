import type { Column } from '../../item/column';
import { comparedLetters, difference, type ComparedPart } from '../relational/compare';
import type { Comparison } from '../destination';
import { keyColumns, keyNames } from '../relational/columns';
import { columnList, equalOn, integer, quote } from '../relational/sql';
import { DEAD_LETTERS } from './dead-letters';
import { OWN_COLUMNS } from './dialect';
import type { PipelineTables } from './tables';
import type { Transaction } from './connection/transaction';
import { sqlType } from './types';

const { digest: DIGEST, deleted: DELETED } = OWN_COLUMNS;

/** Compares the visible table with the verify table, all rows and cells, as they stand at the transaction's begin. */
export async function compareTables(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  examples: number,
): Promise<Comparison> {
  const rows = await compareRows(transaction, tables, columns, examples);
  const letters = await compareLetters(transaction, tables, examples - rows.examples.length);
  const [skipped] = await transaction.rows(`SELECT count(*) AS keys FROM ${tables.sql('changed keys')}`);
  return {
    rowsCompared: rows.rowsCompared + letters.rowsCompared,
    keysSkipped: Number(skipped?.['keys']),
    differences: rows.differences + letters.differences,
    examples: [...rows.examples, ...letters.examples],
  };
}

async function compareRows(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  examples: number,
): Promise<ComparedPart> {
  const keys = keyNames(columns);
  const others = columns.filter(({ name }) => !keys.includes(name));
  const names = columnList(
    columns.map(({ name }) => name),
    '__r_row',
  );
  const side = (table: 'visible' | 'verify', condition: string) =>
    `(SELECT true AS __r_present, ${names} FROM ${tables.sql(table)} __r_row WHERE ${condition} NOT EXISTS
       (SELECT FROM ${tables.sql('changed keys')} __r_changed WHERE ${equalOn('__r_row', '__r_changed', keys)}))`;
  const joined = `${side('visible', tables.soft ? `NOT __r_row.${DELETED} AND` : '')} __r_here
    FULL JOIN ${side('verify', '')} __r_there ON ${equalOn('__r_here', '__r_there', keys)}`;
  const differs = others.map(
    ({ name }) => `__r_here.${quote(name)} IS DISTINCT FROM __r_there.${quote(name)}`,
  );
  const condition = ['__r_here.__r_present IS NULL', '__r_there.__r_present IS NULL', ...differs].join(
    ' OR ',
  );
  const [counts] = await transaction.rows(
    `SELECT count(*) AS compared, count(*) FILTER (WHERE ${condition}) AS differing FROM ${joined}`,
  );
  const differences = Number(counts?.['differing']);
  const part = { rowsCompared: Number(counts?.['compared']), differences };
  if (differences === 0 || examples <= 0) return { ...part, examples: [] };
  const keyTexts = keyColumns(columns).map(
    (column, i) => `coalesce(${keyText('__r_here', column)}, ${keyText('__r_there', column)}) AS __r_key${i}`,
  );
  const flags = differs.map((differ, i) => `${differ} AS __r_differs${i}`);
  const rows = await transaction.rows(
    `SELECT __r_here.__r_present AS here, __r_there.__r_present AS there, ${[...keyTexts, ...flags].join(', ')} FROM ${joined}
       WHERE ${condition} LIMIT ${integer(examples)}`,
  );
  return {
    ...part,
    examples: rows.map((row) => ({
      key: Object.fromEntries(keys.map((name, i) => [name, String(row[`__r_key${i}`])])),
      ...difference(row, () =>
        others.filter((_, i) => row[`__r_differs${i}`] === 't').map(({ name }) => name),
      ),
    })),
  };
}

async function compareLetters(
  transaction: Transaction,
  tables: PipelineTables,
  examples: number,
): Promise<ComparedPart> {
  const side = (stage: string) =>
    `(SELECT digest, key, item, true AS __r_present FROM ${DEAD_LETTERS} __r_letter
       WHERE number = ${integer(tables.number)} AND stage = '${stage}' AND NOT EXISTS
         (SELECT FROM ${tables.sql('changed keys')} __r_changed WHERE __r_changed.${DIGEST} = __r_letter.digest))`;
  const joined = `${side('visible')} __r_here FULL JOIN ${side('verify')} __r_there ON __r_here.digest = __r_there.digest`;
  const condition = '__r_here.item IS DISTINCT FROM __r_there.item';
  const [counts] = await transaction.rows(
    `SELECT count(*) AS compared, count(*) FILTER (WHERE ${condition}) AS differing FROM ${joined}`,
  );
  const rows =
    examples <= 0
      ? []
      : await transaction.rows(
          `SELECT __r_here.__r_present AS here, __r_there.__r_present AS there,
               coalesce(__r_here.key, __r_there.key) AS key FROM ${joined} WHERE ${condition} LIMIT ${integer(examples)}`,
        );
  return comparedLetters(counts, rows);
}

/** A key column as text for people: bytes in base64. */
function keyText(alias: string, { name, type }: Column): string {
  const value = `${alias}.${quote(name)}`;
  switch (sqlType(type)) {
    case 'bytea':
      return `translate(encode(${value}, 'base64'), E'\\n', '')`;
    case 'numeric':
      return `trim_scale(${value})::text`;
    default:
      return value;
  }
}
