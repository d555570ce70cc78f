/** An item that the destination cannot represent (rule D1): kept whole, counted, shown. */
export interface DeadLetter {
  readonly keyText: string;
  /** DynamoDB JSON of the item, ASCII only (everything else escaped), so that any destination can hold it. */
  readonly item: string;
  readonly reason: string;
  /** From the stream; `null` for an item of an export. */
  readonly sequenceNumber: string | null;
}
