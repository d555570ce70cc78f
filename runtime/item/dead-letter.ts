/** An item that the destination cannot hold (rule D1). It is kept whole, counted and reported. */
export interface DeadLetter {
  readonly keyText: string;
  /** DynamoDB JSON of the item, ASCII only (everything else escaped), so that any destination can hold it. */
  readonly item: string;
  readonly reason: string;
  /** From the stream; `null` for an item of an export. */
  readonly sequenceNumber: string | null;
}

/** A dead letter as a destination stores it. */
export interface DatedDeadLetter extends DeadLetter {
  /** When its change was made, epoch ms. `null` for an item of an export. */
  readonly sourceTime: number | null;
}
