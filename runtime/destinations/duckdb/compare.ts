import type { DuckDBValue } from '@duckdb/node-api';
import type { Column } from '../../item/column';
import { comparedLetters, difference, type ComparedPart } from '../relational/compare';
import type { Comparison, Difference } from '../destination';
import { DEAD_LETTERS } from './dead-letters';
import { OWN_COLUMNS } from './dialect';
import { type JoinedRows, narrowJoin } from './narrow-join';
import type { SqlRow, Transaction } from './session';
import { columnList, equalOn, integer, quote } from '../relational/sql';
import { keyColumns, keyNames } from '../relational/columns';
import type { PipelineTables } from './tables';
import { digits, storageType } from './types';

const { key: KEY, deleted: DELETED } = OWN_COLUMNS;

/** Compares the visible table with the verify table, all rows and cells, as they stand at the transaction's begin. */
export async function compareTables(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  examples: number,
): Promise<Comparison> {
  const rows = await compareRows(transaction, tables, columns, examples);
  const repeated = await repeatedKeys(transaction, tables, columns, examples - rows.examples.length);
  const named = rows.examples.length + repeated.examples.length;
  const letters = await compareLetters(transaction, tables, examples - named);
  const [skipped] = await transaction.rows(`SELECT count(*) AS keys FROM ${tables.sql('changed keys')}`);
  return {
    rowsCompared: rows.rowsCompared + letters.rowsCompared,
    keysSkipped: Number(skipped?.['keys']),
    differences: rows.differences + repeated.differences + letters.differences,
    examples: [...rows.examples, ...repeated.examples, ...letters.examples],
  };
}

async function compareRows(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  examples: number,
): Promise<ComparedPart> {
  const keys = keyNames(columns);
  const compared = columns.map(({ name }) => name).filter((name) => !keys.includes(name));
  const side = (table: 'visible' | 'verify', live: string): JoinedRows => ({
    table: tables.sql(table),
    keys,
    compared,
    condition: `${live} ${unchanged(tables, keys)}`,
  });
  const joined = narrowJoin(
    side('visible', tables.soft ? `NOT __r_row.${DELETED} AND` : ''),
    side('verify', ''),
  );
  const condition =
    '__r_here.__r_number IS NULL OR __r_there.__r_number IS NULL OR __r_here.__r_digest <> __r_there.__r_digest';
  const [counts] = await transaction.rows(
    `SELECT count(*) AS compared, count(*) FILTER (WHERE ${condition}) AS differing FROM ${joined}`,
  );
  const differences = Number(counts?.['differing']);
  const part = { rowsCompared: Number(counts?.['compared']), differences };
  if (differences === 0 || examples <= 0) return { ...part, examples: [] };
  const pairs = await transaction.rows(
    `SELECT __r_here.__r_number AS here, __r_there.__r_number AS there FROM ${joined} WHERE ${condition} LIMIT ${integer(examples)}`,
  );
  const found: Difference[] = [];
  for (const pair of pairs) found.push(await describeDifference(transaction, tables, columns, pair));
  return { ...part, examples: found };
}

/** @param pair row numbers of a key's rows, NULL on the side that has none */
async function describeDifference(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  pair: SqlRow,
): Promise<Difference> {
  const { here = null, there = null } = pair;
  const keys = keyColumns(columns);
  const others = columns.filter((column) => !keys.includes(column));
  const row = (table: 'visible' | 'verify', number: DuckDBValue) =>
    `(SELECT * FROM ${tables.sql(table)} WHERE rowid = ${integer(number as bigint)})`;
  const sides = [
    ...(here === null ? [] : [`${row('visible', here)} __r_here`]),
    ...(there === null ? [] : [`${row('verify', there)} __r_there`]),
  ];
  const known = here === null ? '__r_there' : '__r_here';
  const texts = keys.map((column, i) => `${keyText(known, column)} AS __r_key${i}`);
  const flags = others.map(
    ({ name }, i) => `__r_here.${quote(name)} IS DISTINCT FROM __r_there.${quote(name)} AS __r_differs${i}`,
  );
  const [described] = await transaction.rows(
    `SELECT ${[...texts, ...(sides.length === 2 ? flags : [])].join(', ')} FROM ${sides.join(', ')}`,
  );
  return {
    key: Object.fromEntries(keys.map(({ name }, i) => [name, String(described?.[`__r_key${i}`])])),
    ...difference(pair, () =>
      others.filter((_, i) => described?.[`__r_differs${i}`] === true).map(({ name }) => name),
    ),
  };
}

/** Rows too many of keys that the source has: no constraint keeps a key from being there twice, and the join does not show it. */
async function repeatedKeys(
  transaction: Transaction,
  tables: PipelineTables,
  columns: readonly Column[],
  examples: number,
): Promise<Omit<ComparedPart, 'rowsCompared'>> {
  const keys = keyNames(columns);
  const repeated = `SELECT ${columnList(keys)}, count(*) - 1 AS __r_surplus FROM ${tables.sql('visible')} __r_row
    WHERE ${unchanged(tables, keys)} GROUP BY ${columnList(keys)} HAVING count(*) > 1`;
  const [total] = await transaction.rows(
    `SELECT coalesce(sum(__r_surplus), 0) AS __r_surplus FROM (${repeated})`,
  );
  const differences = Number(total?.['__r_surplus']);
  if (differences === 0 || examples <= 0) return { differences, examples: [] };
  const texts = keyColumns(columns).map((column, i) => `${keyText('__r_row', column)} AS __r_key${i}`);
  const rows = await transaction.rows(
    `SELECT ${texts.join(', ')} FROM (${repeated}) __r_row LIMIT ${integer(examples)}`,
  );
  return {
    differences,
    examples: rows.map((row) => ({
      key: Object.fromEntries(keys.map((name, i) => [name, String(row[`__r_key${i}`])])),
      difference: 'missing in the source',
      columns: [],
    })),
  };
}

async function compareLetters(
  transaction: Transaction,
  tables: PipelineTables,
  examples: number,
): Promise<ComparedPart> {
  const { pipeline } = tables.target;
  const side = (stage: string) =>
    `(SELECT key, item, true AS __r_present FROM ${DEAD_LETTERS} WHERE pipeline = $1 AND stage = '${stage}'
        AND key NOT IN (SELECT ${KEY} FROM ${tables.sql('changed keys')}))`;
  const joined = `${side('visible')} __r_here FULL OUTER JOIN ${side('verify')} __r_there ON __r_here.key = __r_there.key`;
  const condition = '__r_here.item IS DISTINCT FROM __r_there.item';
  const [counts] = await transaction.rows(
    `SELECT count(*) AS compared, count(*) FILTER (WHERE ${condition}) AS differing FROM ${joined}`,
    [pipeline],
  );
  const rows =
    examples <= 0
      ? []
      : await transaction.rows(
          `SELECT __r_here.__r_present AS here, __r_there.__r_present AS there,
               coalesce(__r_here.key, __r_there.key) AS key FROM ${joined} WHERE ${condition} LIMIT ${integer(examples)}`,
          [pipeline],
        );
  return comparedLetters(counts, rows);
}

/** SQL, over `__r_row`: its key has not changed since the verify began. */
function unchanged(tables: PipelineTables, keys: readonly string[]): string {
  return `NOT EXISTS (SELECT 1 FROM ${tables.sql('changed keys')} __r_changed
    WHERE ${equalOn('__r_row', '__r_changed', keys)})`;
}

/** A key column as text for people: bytes in base64. */
function keyText(alias: string, column: Column): string {
  const value = `${alias}.${quote(column.name)}`;
  const type = storageType(column.type);
  return type.storage === 'blob' ? `to_base64(${value})` : digits(value, type);
}
