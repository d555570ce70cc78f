/** An item in DynamoDB JSON, as exports have it. */
export type TypedItem = Readonly<Record<string, object>>;
