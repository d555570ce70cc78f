/** A DynamoDB value in its wire form: binary as base64 text, numbers as canonical decimal text. */
export type AttributeValue =
  | { S: string }
  | { N: string }
  | { B: string }
  | { BOOL: boolean }
  | { NULL: true }
  | { SS: string[] }
  | { NS: string[] }
  | { BS: string[] }
  | { L: AttributeValue[] }
  | { M: Record<string, AttributeValue> };

/** An item in wire form. Made with a null prototype where names come from users (`__proto__` is a legal name). */
export type Item = Record<string, AttributeValue>;
