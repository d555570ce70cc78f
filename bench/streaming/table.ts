import type { Column, ColumnType } from '../../runtime/item/column';

const TEXT: ColumnType = { kind: 'text' };

function number(integerDigits: number, scale: number): ColumnType {
  return { kind: 'number', integerDigits, scale, int64: scale === 0 };
}

/** The table that changes are applied to: orders of about 170 bytes. */
export const COLUMNS: readonly Column[] = [
  { attribute: 'id', name: 'id', type: TEXT, role: 'partition key' },
  attribute('customer', TEXT),
  attribute('placedAt', TEXT),
  attribute('status', TEXT),
  attribute('total', number(6, 2)),
  attribute('quantity', number(4, 0)),
  attribute('paid', { kind: 'boolean' }),
  attribute('note', TEXT),
];

export const keyOf = (row: number): string => `order-${row}`;

function attribute(name: string, type: ColumnType): Column {
  return { attribute: name, name, type, role: 'attribute' };
}

/** SQL for the columns of row `i`. */
const ROW = `'order-' || i, md5(i::varchar), '2026-01-01T00:00:00.000Z', 'open', (i % 100000) / 100.0, i % 20, i % 3 = 0,
  md5((i + 1)::varchar) || ' ' || md5((i + 2)::varchar)`;

/** SQL that fills the table of the first generation with rows numbered from 0. */
export function fillSql(engine: 'duckdb' | 'postgres', rows: number): string {
  const names = COLUMNS.map(({ name }) => `"${name}"`).join(', ');
  if (engine === 'duckdb') {
    return `INSERT INTO __r_loading_1 (${names}) SELECT ${ROW} FROM range(${rows}) t(i)`;
  }
  return `INSERT INTO __r_loading_1 (${names}) SELECT ${ROW} FROM generate_series(0, ${rows - 1}) t(i)`;
}
