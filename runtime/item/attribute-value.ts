/**
 * A DynamoDB value as the runtime holds it: bytes are bytes, numbers stay decimal text (38 digits do not fit a double).
 * An export line and a stream record both decode to this (item-reader.ts).
 */
export type AttributeValue =
  | { readonly S: string }
  /** As it came; number.ts gives the canonical text. */
  | { readonly N: string }
  | { readonly B: Uint8Array }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly Uint8Array[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: ReadonlyMap<string, AttributeValue> }
  /** Not a value this version knows (`{}`, a new type, bad base64): its JSON, ASCII only. Its item becomes a dead letter. */
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
