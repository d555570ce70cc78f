/** A DynamoDB value in wire format: binary as base64, numbers as canonical decimal text. */
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

/** An item in wire format. With user-supplied names it has a null prototype (`__proto__` is a legal name). */
export type Item = Record<string, AttributeValue>;
