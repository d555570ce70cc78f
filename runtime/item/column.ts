/**
 * The type of a destination column, independent of any engine. It only ever widens: `number` to a number with more
 * digits, and any two different kinds to `json` (docs/ARCHITECTURE.md, "Values in the destination").
 */
export type ColumnType =
  | { readonly kind: 'text' }
  | {
      readonly kind: 'number';
      /** Digits before the point over all values seen, at least 1. */
      readonly integerDigits: number;
      /** Digits after the point over all values seen, 0 for whole numbers. */
      readonly scale: number;
      /** All values seen are whole and within ±(2^63 − 1). */
      readonly int64: boolean;
    }
  | { readonly kind: 'binary' }
  | { readonly kind: 'boolean' }
  /** Maps, lists, sets, and attributes whose values had several types. */
  | { readonly kind: 'json' };

/** One column of the destination's table. */
export interface Column {
  /** The attribute's name in DynamoDB; for `__rest` and `document` columns the column's own name. */
  readonly attribute: string;
  /** The column's name in the destination: the attribute's own unless it clashes or cannot be held. */
  readonly name: string;
  readonly type: ColumnType;
  readonly role: 'partition key' | 'sort key' | 'attribute' | 'rest' | 'document';
}

/**
 * A value on its way into a column: text for `text`; canonical plain decimal text for `number`; bytes for `binary`;
 * boolean for `boolean`; JSON text for `json`. `null` is SQL NULL.
 */
export type Cell = string | boolean | Uint8Array | null;
