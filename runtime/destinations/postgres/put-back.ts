import { quote } from '../relational/sql';
import type { DefinedColumn } from '../relational/table-shape';
import { OWN_COLUMNS } from './dialect';

const TEXTS = /^(?:text|character|name)/;
const NUMBERS = /^(?:numeric|smallint|integer|bigint|real|double precision)/;
const TIMES = /^(?:timestamp|date)/;

/**
 * The actions of `ALTER TABLE` that give a column its type again. PostgreSQL converts by itself only where it would
 * assign one type to the other.
 * @param found the present type. Source: PostgreSQL manual, "pg_cast", and ALTER TABLE, "Notes".
 */
export function putBack({ name, type: made }: DefinedColumn, found: string): string {
  const column = quote(name);
  const using = conversion(column, made, found);
  const alter = `ALTER COLUMN ${column} TYPE ${made}${using === undefined ? '' : ` USING ${using}`}`;
  if (name !== OWN_COLUMNS.deleted) return alter;
  // PostgreSQL does not convert the default with the expression.
  return `ALTER COLUMN ${column} DROP DEFAULT, ${alter}, ALTER COLUMN ${column} SET DEFAULT false`;
}

/** `undefined`: PostgreSQL needs none. */
function conversion(column: string, made: string, found: string): string | undefined {
  if (made === 'text') return undefined;
  if (made === 'numeric' && NUMBERS.test(found)) return undefined;
  if (made.startsWith('timestamp') && TIMES.test(found)) return undefined;
  if (TEXTS.test(found) || (made === 'jsonb' && found === 'json')) return `${column}::${made}`;
  if (made === 'jsonb') return `to_jsonb(${column})`;
  if (made === 'numeric' && found === 'boolean') return `${column}::integer`;
  return `${column}::text::${made}`;
}
