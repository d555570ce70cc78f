import type { ColumnType } from '../../item/column';

/** How PostgreSQL stores a column. A number keeps its type however many digits it comes to have. */
export type SqlType = 'text' | 'numeric' | 'bytea' | 'boolean' | 'jsonb' | 'timestamptz';

export function sqlType(type: ColumnType): SqlType {
  switch (type.kind) {
    case 'text':
      return 'text';
    case 'number':
      return 'numeric';
    case 'binary':
      return 'bytea';
    case 'boolean':
      return 'boolean';
    case 'json':
      return 'jsonb';
  }
}

/**
 * SQL that turns a column's values into JSON, exactly as `convertCell` (item/cell.ts) turns cells.
 * @param column as it stands in SQL, quoted
 */
export function toJson(column: string, from: SqlType): string {
  switch (from) {
    case 'text':
    case 'numeric':
    case 'boolean':
      return `to_jsonb(${column})`;
    case 'bytea':
      // PostgreSQL breaks base64 into lines.
      return `to_jsonb(translate(encode(${column}, 'base64'), E'\\n', ''))`;
    case 'jsonb':
      return column;
    case 'timestamptz':
      throw new RangeError(`${column} is not a column of items`);
  }
}
