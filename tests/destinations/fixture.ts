import type { Destination, OperableDestination, TableTarget } from '../../runtime/destinations/destination';
import type { Cell } from '../../runtime/item/column';
import type { DatedDeadLetter } from '../../runtime/item/dead-letter';

/** A row as a user of the destination reads it. Numbers are in canonical digits. */
export interface UserRow {
  readonly cells: Readonly<Record<string, Cell>>;
  readonly sourceTime: number | null;
  readonly deleted: boolean;
}

/** One destination under test, with functions to inspect it and to break it. */
export interface Fixture {
  readonly destination: Destination;
  /** The rows of a pipeline's visible table. None before the first publish. */
  rows(target: TableTarget): Promise<readonly UserRow[]>;
  deadLetters(target: TableTarget): Promise<readonly DatedDeadLetter[]>;
  /** Everything that is stored, as text that is equal for equal contents. Optionally without the shadow table. */
  dump(options?: { readonly withoutShadow: boolean }): Promise<string>;
  /** The hook is called before each statement that the destination executes. `undefined` removes it. */
  onStatement(hook: ((statement: string) => void | Promise<void>) | undefined): void;
  /** What a process that is killed now would leave behind. */
  crashImage(): Promise<CrashImage>;
  /** Closes the destination and opens it again. */
  reopen(): Promise<Fixture>;
  cleanup(): Promise<void>;
}

export interface CrashImage {
  /** Equal only for images with the same contents. */
  readonly fingerprint: string;
  /** Opens the image as a separate destination. */
  open(): Promise<Fixture>;
}

/** For a destination that users can run a replicator into. */
export interface OperableFixture extends Fixture {
  readonly destination: OperableDestination;
}
