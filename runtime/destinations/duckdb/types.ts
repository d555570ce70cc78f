import type { ColumnType } from '../../item/column';
import { quote } from '../relational/sql';

/** Digits a DuckDB DECIMAL holds, before and after the point together. */
export const MAX_DECIMAL_DIGITS = 38;

/** How DuckDB stores a column. `digits`: canonical number text. `timestamp`: UTC without zone, only for our own columns. */
export type StorageType =
  | { readonly storage: 'text' | 'json' | 'digits' | 'blob' | 'boolean' | 'bigint' | 'timestamp' }
  | { readonly storage: 'decimal'; readonly scale: number };

/** The narrowest type that is exact for all values seen. */
export function storageType(type: ColumnType): StorageType {
  switch (type.kind) {
    case 'text':
      return { storage: 'text' };
    case 'json':
      return { storage: 'json' };
    case 'binary':
      return { storage: 'blob' };
    case 'boolean':
      return { storage: 'boolean' };
    case 'number':
      if (type.int64 && type.scale === 0) return { storage: 'bigint' };
      if (type.integerDigits + type.scale <= MAX_DECIMAL_DIGITS)
        return { storage: 'decimal', scale: type.scale };
      return { storage: 'digits' };
  }
}

export function sqlType(type: StorageType): string {
  switch (type.storage) {
    case 'text':
    case 'digits':
      return 'VARCHAR';
    case 'json':
      return 'JSON';
    case 'blob':
      return 'BLOB';
    case 'boolean':
      return 'BOOLEAN';
    case 'bigint':
      return 'BIGINT';
    case 'timestamp':
      return 'TIMESTAMP';
    case 'decimal':
      return `DECIMAL(${MAX_DECIMAL_DIGITS}, ${type.scale})`;
  }
}

export function sameStorage(a: StorageType, b: StorageType): boolean {
  return (
    a.storage === b.storage && (a.storage !== 'decimal' || b.storage !== 'decimal' || a.scale === b.scale)
  );
}

/** How the values of a column are converted to a wider type, exactly as `convertCell` (item/cell.ts) converts cells. */
export interface Conversion {
  /** SQL expression of the new value. */
  readonly expression: string;
  /**
   * Whether it is a plain cast, which ALTER TABLE may do. It must not do anything else: DuckDB writes the expression
   * to its log, and cannot reopen a file whose log has a function or a JSON cast there (1.5.5: "no default database
   * set").
   */
  readonly plainCast: boolean;
}

/**
 * `undefined`: the stored values are right as they are.
 * @throws RangeError when there is no such widening
 */
export function conversion(name: string, from: StorageType, to: StorageType): Conversion | undefined {
  const column = quote(name);
  if (sameStorage(from, to)) return undefined;
  if (to.storage === 'json') return { expression: `(${jsonText(column, from)})::JSON`, plainCast: false };
  if (isNumber(from) && to.storage === 'digits') {
    return { expression: digits(column, from), plainCast: !isPadded(from) };
  }
  if ((from.storage === 'bigint' || from.storage === 'decimal') && to.storage === 'decimal') {
    return { expression: `${column}::${sqlType(to)}`, plainCast: true };
  }
  throw new RangeError(`column ${name} cannot widen from ${sqlType(from)} to ${sqlType(to)}`);
}

function isNumber(type: StorageType): boolean {
  return type.storage === 'bigint' || type.storage === 'decimal' || type.storage === 'digits';
}

/** The text of a DECIMAL has as many digits after the point as its type. */
function isPadded(type: StorageType): boolean {
  return type.storage === 'decimal' && type.scale > 0;
}

/** Canonical digits of a column, as text. */
export function digits(column: string, from: StorageType): string {
  if (!isPadded(from)) return `${column}::VARCHAR`;
  return `rtrim(rtrim(${column}::VARCHAR, '0'), '.')`;
}

function jsonText(column: string, from: StorageType): string {
  switch (from.storage) {
    case 'bigint':
    case 'decimal':
    case 'digits':
      return digits(column, from);
    case 'boolean':
      return `CASE WHEN ${column} THEN 'true' WHEN NOT ${column} THEN 'false' END`;
    case 'blob':
      return `'"' || to_base64(${column}) || '"'`;
    case 'text':
      return jsonString(column);
    case 'json':
      return column;
    case 'timestamp':
      throw new RangeError(`${column} is not a column of items`);
  }
}

const SHORT_ESCAPES: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
};

/** Like `JSON.stringify`. DuckDB's own to_json writes control characters with uppercase hex digits. */
function jsonString(column: string): string {
  const plain = `replace(replace(${column}, '\\', '\\\\'), '"', '\\"')`;
  let escaped = plain;
  for (let code = 0; code < 32; code++) {
    const escape = SHORT_ESCAPES[code] ?? `\\u${code.toString(16).padStart(4, '0')}`;
    escaped = `replace(${escaped}, chr(${code}), '${escape}')`;
  }
  return `'"' || CASE WHEN regexp_matches(${column}, '[\\x00-\\x1f]') THEN ${escaped} ELSE ${plain} END || '"'`;
}
