import type { ColumnType } from '../../item/column';

/** How PostgreSQL stores a column. A number keeps its type, however many digits it gets. */
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
 * SQL that converts the values of a column to JSON, exactly as `convertCell` (item/cell.ts) converts cells.
 * @param column quoted, for SQL text
 */
export function toJson(column: string, from: SqlType): string {
  switch (from) {
    case 'text':
    case 'numeric':
    case 'boolean':
      return `to_jsonb(${column})`;
    case 'bytea':
      // PostgreSQL inserts line breaks into base64.
      return `to_jsonb(translate(encode(${column}, 'base64'), E'\\n', ''))`;
    case 'jsonb':
      return column;
    case 'timestamptz':
      throw new RangeError(`${column} is not a column of items`);
  }
}
