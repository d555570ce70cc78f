/** An item in DynamoDB JSON, as in exports. */
export type TypedItem = Readonly<Record<string, object>>;
