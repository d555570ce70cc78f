/**
 * A DynamoDB value in the runtime. Bytes are bytes; numbers stay decimal text, as 38 digits do not fit a double. Export lines
 * and stream records both decode to this (item-reader.ts).
 */
export type AttributeValue =
  | { readonly S: string }
  /** As received; number.ts makes it canonical. */
  | { readonly N: string }
  | { readonly B: Uint8Array }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly Uint8Array[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: ReadonlyMap<string, AttributeValue> }
  /** A value that this version cannot read (`{}`, a new type, bad base64), as JSON in ASCII. Its item becomes a dead letter. */
  | { readonly unreadable: string };

/** An item: attribute name → value. A map, because `__proto__` is a legal attribute name. */
export type Item = ReadonlyMap<string, AttributeValue>;

/** The key of a table. Key attributes are of type S, N or B. */
export interface KeySchema {
  readonly partition: KeyAttribute;
  readonly sort?: KeyAttribute;
}

export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}
