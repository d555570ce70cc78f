import type { Destination, OperableDestination, TableTarget } from '../../runtime/destinations/destination';
import type { Cell } from '../../runtime/item/column';
import type { DeadLetter } from '../../runtime/item/dead-letter';

/** A row as a user of the destination reads it; numbers in canonical digits. */
export interface UserRow {
  readonly cells: Readonly<Record<string, Cell>>;
  readonly sourceTime: number | null;
  readonly deleted: boolean;
}

/** One destination under test, and the means to look into it and to break it. */
export interface Fixture {
  readonly destination: Destination;
  /** Rows of a pipeline's visible table; none before the first publish. */
  rows(target: TableTarget): Promise<readonly UserRow[]>;
  letters(target: TableTarget): Promise<readonly DeadLetter[]>;
  /** All that is stored, as text that is equal for equal contents; without the shadow table if so told. */
  dump(options?: { readonly withoutShadow: boolean }): Promise<string>;
  /** Called before each statement that the destination executes; `undefined` ends it. */
  onStatement(hook: ((statement: string) => void | Promise<void>) | undefined): void;
  /** What a process killed at this instant would leave. */
  crashImage(): Promise<CrashImage>;
  /** Closes the destination and opens it again. */
  reopen(): Promise<Fixture>;
  cleanup(): Promise<void>;
}

export interface CrashImage {
  /** Equal for images of which it is plain that they hold the same. */
  readonly fingerprint: string;
  /** Opens the image as a destination of its own. */
  open(): Promise<Fixture>;
}

/** Of a destination that people run a replicator into. */
export interface OperableFixture extends Fixture {
  readonly destination: OperableDestination;
}
