import type { Operation } from './operation';
import type { SeenRecord } from './tables/table-stream';

/** A stream record with sorted sets. */
export interface TableRecord extends SeenRecord {
  readonly table: string;
}

/** The effect of one operation, in comparable form. */
export interface Outcome {
  /** Its error, if it was rejected: name, reasons of a transaction, the item of a failed condition. */
  readonly refusal?: unknown;
  /** Its response, if it was executed. */
  readonly answer?: unknown;
  /** The items that it may have changed, read afterwards; null for a missing item. */
  readonly after: readonly unknown[];
  /** The stream records that it created, of all tables. */
  readonly records: readonly TableRecord[];
}

/** An emulator that executes a log. */
export interface Subject<Other> {
  perform(operation: Operation): Promise<Outcome>;
  /** Copies the items that an operation may have changed from another emulator. */
  copy(operation: Operation, from: Other): Promise<void>;
}
