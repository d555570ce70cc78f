import type { Column } from '../../item/column';
import type { ComparedKeys, Comparison } from '../destination';
import { keyColumns, keyNames, otherNames } from '../relational/columns';
import {
  compared,
  compareParts,
  compareSides,
  difference,
  differingIn,
  differs,
  JOIN_SIDES,
  keyIn,
} from '../relational/compare';
import { columnList, equalOn, quote } from '../relational/sql';
import type { Transaction } from './connection/transaction';
import type { PostgresTables } from './tables';
import { sqlType } from './types';

/** Compares all rows and cells of the visible and verify tables, as of the start of the transaction. */
export function compareTables(
  transaction: Transaction,
  tables: PostgresTables,
  columns: readonly Column[],
  { examples, which }: { readonly examples: number; readonly which: ComparedKeys },
): Promise<Comparison> {
  const keys = keyNames(columns);
  const names = columns.map(({ name }) => name);
  const others = otherNames(columns);
  const side = (table: 'visible' | 'verify') =>
    `(SELECT true AS __r_present, ${columnList(names, '__r_row')} FROM ${tables.sql(table)} __r_row
       WHERE ${compared(tables, table, keys)})`;
  const keyTexts = keyColumns(columns).map(
    (column, i) => `coalesce(${keyText('__r_here', column)}, ${keyText('__r_there', column)}) AS __r_key${i}`,
  );
  const sides = {
    joined: `${side('visible')} __r_here
      ${JOIN_SIDES[which]} ${side('verify')} __r_there ON ${equalOn('__r_here', '__r_there', keys)}`,
    differs: ['__r_here.__r_present IS NULL', '__r_there.__r_present IS NULL', ...others.map(differs)].join(
      ' OR ',
    ),
    described: [
      '__r_here.__r_present AS here',
      '__r_there.__r_present AS there',
      ...keyTexts,
      ...others.map((name, i) => `${differs(name)} AS __r_differs${i}`),
    ],
  };
  const compareRows = (most: number) =>
    compareSides(transaction, sides, most, (row) => ({
      key: keyIn(row, keys),
      ...difference(row, () => differingIn(row, others)),
    }));
  return compareParts(transaction, tables, { examples, keys: which, keyNames: keys }, [compareRows]);
}

/** A key column as text: bytes in base64. */
export function keyText(alias: string, { name, type }: Column): string {
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
