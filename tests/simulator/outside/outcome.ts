import type { Operation } from './operation';
import type { SeenRecord } from './tables/table-stream';

/** A stream record, its sets sorted. */
export interface TableRecord extends SeenRecord {
  readonly table: string;
}

/** What one operation did, in a form that can be compared. */
export interface Outcome {
  /** Its error, if it was refused: name, reasons of a transaction, the item of a failed condition. */
  readonly refusal?: unknown;
  /** What it answered otherwise. */
  readonly answer?: unknown;
  /** The items it may have changed, read afterwards; null for none. */
  readonly after: readonly unknown[];
  /** The stream records it made, of all tables. */
  readonly records: readonly TableRecord[];
}

/** An emulator at work on a log. */
export interface Subject<Other> {
  perform(operation: Operation): Promise<Outcome>;
  /** Makes what an operation may have changed equal to what it is in another emulator. */
  copy(operation: Operation, from: Other): Promise<void>;
}
