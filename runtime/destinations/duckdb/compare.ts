import type { Column } from '../../item/column';
import type { ComparedKeys, Comparison, Difference } from '../destination';
import { keyColumns, keyNames, otherNames } from '../relational/columns';
import {
  compared,
  type ComparedPart,
  compareParts,
  compareSides,
  difference,
  differingIn,
  differs,
  JOIN_SIDES,
  keyIn,
  unchanged,
} from '../relational/compare';
import { columnList, equalOn, integer, quote } from '../relational/sql';
import type { SqlRow } from '../relational/transaction';
import { narrowJoin } from './narrow-join';
import type { Transaction } from './session';
import type { DuckDBTables } from './tables';
import { digits, storageType } from './types';

/** Compares all rows and cells of the visible and verify tables, as of the start of the transaction. */
export function compareTables(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
  { examples, which }: { readonly examples: number; readonly which: ComparedKeys },
): Promise<Comparison> {
  return compareParts(transaction, tables, { examples, keys: which, keyNames: keyNames(columns) }, [
    (most) => compareRows(transaction, tables, columns, { examples: most, which }),
    (most) => repeatedKeys(transaction, tables, columns, { examples: most, which }),
  ]);
}

function compareRows(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
  { examples, which }: Parameters<typeof compareTables>[3],
): Promise<ComparedPart> {
  const keys = keyNames(columns);
  const others = otherNames(columns);
  const side = (table: 'visible' | 'verify') => ({
    table: tables.sql(table),
    keys,
    compared: others,
    condition: compared(tables, table, keys),
  });
  const sides = {
    joined: narrowJoin(side('visible'), side('verify'), JOIN_SIDES[which]),
    differs:
      '__r_here.__r_number IS NULL OR __r_there.__r_number IS NULL OR __r_here.__r_digest <> __r_there.__r_digest',
    described: ['__r_here.__r_number AS here', '__r_there.__r_number AS there'],
  };
  return compareSides(transaction, sides, examples, (pair) =>
    describeDifference(transaction, tables, columns, pair),
  );
}

/** @param pair row numbers of the rows of a key, NULL on a side without one */
async function describeDifference(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
  pair: SqlRow,
): Promise<Difference> {
  const { here = null, there = null } = pair;
  const keys = keyColumns(columns);
  const others = otherNames(columns);
  const row = (table: 'visible' | 'verify', number: unknown) =>
    `(SELECT * FROM ${tables.sql(table)} WHERE rowid = ${integer(number as bigint)})`;
  const sides = [
    ...(here === null ? [] : [`${row('visible', here)} __r_here`]),
    ...(there === null ? [] : [`${row('verify', there)} __r_there`]),
  ];
  const known = here === null ? '__r_there' : '__r_here';
  const texts = keys.map((column, i) => `${keyText(known, column)} AS __r_key${i}`);
  const flags = others.map((name, i) => `${differs(name)} AS __r_differs${i}`);
  const [described] = await transaction.rows(
    `SELECT ${[...texts, ...(sides.length === 2 ? flags : [])].join(', ')} FROM ${sides.join(', ')}`,
  );
  return {
    key: keyIn(described, keyNames(columns)),
    ...difference(pair, () => differingIn(described, others)),
  };
}

/** Surplus rows of keys that the source has. No constraint prevents duplicate keys, and the join does not show them. */
async function repeatedKeys(
  transaction: Transaction,
  tables: DuckDBTables,
  columns: readonly Column[],
  { examples, which }: Parameters<typeof compareTables>[3],
): Promise<ComparedPart> {
  const keys = keyNames(columns);
  const sampled = `EXISTS (SELECT 1 FROM ${tables.sql('verify')} __r_there WHERE ${equalOn('__r_row', '__r_there', keys)})`;
  const condition = [unchanged(tables, keys), ...(which === 'sample' ? [sampled] : [])].join(' AND ');
  const repeated = `SELECT ${columnList(keys)}, count(*) - 1 AS __r_surplus FROM ${tables.sql('visible')} __r_row
    WHERE ${condition} GROUP BY ${columnList(keys)} HAVING count(*) > 1`;
  const [total] = await transaction.rows(
    `SELECT coalesce(sum(__r_surplus), 0) AS __r_surplus FROM (${repeated})`,
  );
  const differences = Number(total?.['__r_surplus']);
  if (differences === 0 || examples <= 0) return { rowsCompared: 0, differences, examples: [] };
  const texts = keyColumns(columns).map((column, i) => `${keyText('__r_row', column)} AS __r_key${i}`);
  const rows = await transaction.rows(
    `SELECT ${texts.join(', ')} FROM (${repeated}) __r_row LIMIT ${integer(examples)}`,
  );
  return {
    rowsCompared: 0,
    differences,
    examples: rows.map((row) => ({
      key: keyIn(row, keys),
      difference: 'missing in the source',
      columns: [],
    })),
  };
}

/** A key column as text: bytes in base64. */
export function keyText(alias: string, column: Column): string {
  const value = `${alias}.${quote(column.name)}`;
  const type = storageType(column.type);
  return type.storage === 'blob' ? `to_base64(${value})` : digits(value, type);
}
