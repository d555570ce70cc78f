import type { KeySchema } from '../item/attribute-value';
import type { Cell, Column } from '../item/column';
import type { DeadLetter } from '../item/dead-letter';
import type { Dialect } from '../item/dialect';
import type { RowSink } from '../item/row-cells';
import type { Mailbox } from './mailbox';

/*
 * The words of this interface; docs/SPEC.md has the rules.
 *
 * pipeline     One source table, replicated into one destination table.
 * lease        The right to write a pipeline. Whoever takes it fences every earlier holder.
 * epoch        The number of a lease, one more each time. A write with an older epoch than the stored one fails.
 * checkpoint   How far a pipeline has come: a head, and a state for each shard. It commits with the rows that it covers.
 * generation   One load of the whole table together with the stream from its start on; numbered from 1.
 * visible      The table that users query. A generation replaces its content when it is published.
 * shadow       The table that a generation's export is loaded into, unseen.
 * changes      The table of the newest change of each key, until the generation is published; a delete is kept as a tombstone.
 * publish      One transaction that merges changes into shadow and makes the result visible.
 * ledger       The export files that have been loaded. A file's entry commits with its rows, so that no file is loaded twice.
 * verify       The table that a second export is loaded into, to be compared with the visible one. Keys that change
 *              meanwhile are recorded and left out.
 * dead letter  An item that the destination cannot hold as a row: kept whole, with the reason, beside each table.
 * widen        To add columns, or to change a column's type to one that holds all earlier values exactly.
 */

/**
 * What every destination does: keep a pipeline's rows and its checkpoint, and commit both together (rule C1). Nothing
 * here decides: when to publish, what a gap is, which columns there are is the pipeline's business. One conformance
 * suite (tests/destinations/conformance.ts) holds every implementation to this contract.
 *
 * All methods that write check the lease's epoch inside their transaction and throw `LeaseLost` when another writer has
 * taken over (rule C2). A failed method has written nothing, except where the outcome of the commit itself is unknown:
 * then `CommitOutcomeUnknown` is thrown and the caller reads the checkpoint back (rule C3).
 *
 * What may wait for others or take long has a signal: when that aborts, it ends soon, throws the signal's reason, and has
 * changed nothing that the next call would not find out.
 */
export interface Destination {
  readonly dialect: Dialect;
  /** For people: where the data goes, without secrets. */
  readonly location: string;
  /** Loads that can be open at the same time, of all pipelines together; `undefined`: any number. */
  readonly mostLoads?: number;
  /**
   * Takes the writer lease of a pipeline: grows its epoch, so that every earlier writer is fenced, and ends a verify that an
   * earlier one has left (rule V3). Creates the destination's own bookkeeping tables at the first use.
   * @param signal afterwards too: when it aborts, no call of the lease waits for others any more
   * @throws DestinationTableMissing when the visible table was dropped or renamed by hand, unless `recreate` is set
   * @throws ColumnTypeChanged when a column was altered by hand so that it could not hold every value
   * @throws DestinationTableTaken when the table belongs to another pipeline or existed before any pipeline wrote it
   * @throws DestinationUnusable when the pipeline was begun with another table, key schema or way of deleting
   * @throws DestinationLocked when another process has the destination and it takes one at a time
   */
  lease(target: TableTarget, signal?: AbortSignal, options?: LeaseOptions): Promise<PipelineStore>;
  /** What is known of a pipeline without taking its lease, for `status`. `undefined`: never seen. */
  inspect(pipeline: string, signal?: AbortSignal): Promise<PipelineRecord | undefined>;
  /** The pipelines that write here, in the order in which they came. */
  pipelines(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface LeaseOptions {
  /** A new generation begins under the lease: its publish makes tables again that were dropped by hand. */
  readonly recreate?: boolean;
}

/** What commands need of a destination beside the replication itself. */
export interface OperableDestination extends Destination {
  /** How another process reaches the replicator that writes here. */
  readonly control: ControlPlace;
  /** Returns when the destination can be reached and written to; changes no user table. @throws ReplicatorError */
  probe(signal?: AbortSignal): Promise<void>;
  /** All that a run into these tables needs here, looked at one by one; what is changed for that is undone. */
  check(targets: readonly DestinationName[]): Promise<readonly DestinationRequirement[]>;
  /** Runs one query for people. @throws ReplicatorError */
  query(sql: string): Promise<QueryResult>;
}

/** A destination that only one process can open has a file beside it; any other has a mailbox inside. */
export type ControlPlace =
  /** `phrase`: what it is, in a sentence: `a DuckDB file`. */
  | { readonly kind: 'file'; readonly destinationFile: string; readonly phrase: string }
  | { readonly kind: 'mailbox'; readonly mailbox: Mailbox };

export interface DestinationName {
  readonly schema: string | undefined;
  readonly table: string;
}

/** One requirement that the destination was held against. */
export interface DestinationRequirement {
  readonly requirement: string;
  readonly met: boolean;
  /** What was found. */
  readonly found: string;
  /** What to run or set where it is not met. */
  readonly fix: string | undefined;
}

export interface QueryResult {
  readonly columns: readonly string[];
  /** Cells as the engine prints them; `null` is SQL NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface TableTarget {
  /** Identifies the pipeline in this destination: `<account>/<region>/<source table>`. */
  readonly pipeline: string;
  readonly schema: string | undefined;
  readonly table: string;
  readonly keySchema: KeySchema;
  /** `soft`: a deleted row stays, marked, with the last values known of it; with its key alone where none are. */
  readonly deletes: 'hard' | 'soft';
}

/** The checkpoint as stored: text that only the pipeline understands. */
export interface StoredCheckpoint {
  readonly head: string;
  /** Shard id → state. */
  readonly shards: ReadonlyMap<string, string>;
}

/** Replaces the head; `null` deletes a shard's entry; shards not named stay. */
export interface CheckpointWrite {
  readonly head: string;
  readonly shards: ReadonlyMap<string, string | null>;
}

export interface PipelineRecord {
  readonly epoch: number;
  readonly checkpoint: StoredCheckpoint | undefined;
  readonly columns: readonly Column[];
  /** Rows of the visible table that are not soft-deleted; 0 before the first publish. */
  readonly rows: number;
  readonly deadLetters: number;
  /** What people have done to its tables that stops it, and what to do; for people. */
  readonly problem: string | undefined;
  /** What has made commits slower for an hour or more, if anything does; for people. */
  readonly slowedBy: string | undefined;
}

/** Which of a pipeline's tables rows go into. */
export type TableRole = 'visible' | 'shadow' | 'changes' | 'verify';

/** The newest change of one key in a batch. A batch holds a key at most once. */
export type RowChange = {
  /** The key in text: equal for equal keys, numbers by value; every key has one, also an unrepresentable one. */
  readonly keyText: string;
  /** Creation second of the change, epoch ms. */
  readonly sourceTime: number;
} & (
  | { readonly action: 'upsert'; readonly cells: readonly Cell[] }
  /** `key`: cells of the key columns, in the order they have in `columns`. */
  | { readonly action: 'delete'; readonly key: readonly Cell[] }
  /** The item cannot be represented; the row of that key, if any, gives way to the dead letter. `key` is undefined when the key itself cannot be held. */
  | {
      readonly action: 'dead letter';
      readonly key: readonly Cell[] | undefined;
      readonly deadLetter: DeadLetter;
    }
  /** A delete of a key that cannot be held as a row: only its dead letter can exist. */
  | { readonly action: 'delete dead letter' }
);

export interface ChangeBatch {
  readonly columns: readonly Column[];
  readonly changes: readonly RowChange[];
}

/** One data file of an export that has been loaded. */
export interface LedgerEntry {
  /** Its S3 key. */
  readonly file: string;
  readonly items: number;
}

/** One load transaction. It ends with `commit` or `rollback`, both of which may be called once. */
export interface Load {
  /** Takes rows in the order of the columns that the load was opened for; `flush` sends them on. */
  readonly sink: RowSink;
  /** Sends on what the sink holds, with items of the same source that cannot be rows; waits while the destination is behind. */
  flush(deadLetters: readonly DeadLetter[]): Promise<void>;
  /** Rows and their ledger entries commit together (rule P1). @throws FileLoadedMeanwhile when one of the files has its entry */
  commit(files: readonly LedgerEntry[]): Promise<void>;
  rollback(): Promise<void>;
}

/** What `publish` reads inside its transaction, for the caller's decision (rule P2). */
export interface PublishView {
  readonly checkpoint: StoredCheckpoint;
  readonly ledger: readonly LedgerEntry[];
}

export interface PublishResult {
  /** Rows of the visible table after the publish, soft-deleted ones not counted. */
  readonly rows: number;
  /** Rows written into an existing visible table by a resync; equals `rows` at a first load. */
  readonly written: number;
  readonly deadLetters: number;
}

export interface Comparison {
  /** Keys compared, those on one side only and dead letters included. */
  readonly rowsCompared: number;
  /** Keys left out because they changed while the comparison was prepared. */
  readonly keysSkipped: number;
  readonly differences: number;
  /** The first differing keys, at most as many as asked for. */
  readonly examples: readonly Difference[];
}

export interface Difference {
  /** Key column → value as text, bytes in base64; of a dead letter `dead letter` → its key text. */
  readonly key: Readonly<Record<string, string>>;
  readonly difference: 'missing in the destination' | 'missing in the source' | 'different';
  /** Names of the columns that differ. */
  readonly columns: readonly string[];
}

/** The right to write one pipeline, until another writer takes it. */
export interface PipelineStore {
  readonly epoch: number;
  readCheckpoint(): Promise<StoredCheckpoint | undefined>;
  /** Columns recorded so far; empty before the first `widen`. */
  readColumns(): Promise<readonly Column[]>;
  /** Saves a checkpoint without rows. */
  save(checkpoint: CheckpointWrite): Promise<void>;
  /**
   * Makes every existing table of the pipeline hold `columns`: adds what is new, widens what has widened (earlier values
   * converted, exactly), and records them. Idempotent. Not to be called while a load of this pipeline is open.
   */
  widen(columns: readonly Column[], signal?: AbortSignal): Promise<void>;
  /**
   * Begins a generation: empties the ledger, makes new, empty shadow and changes tables with the recorded columns, and ends a
   * verify that was interrupted (rule V3). The visible table stays as it is.
   */
  startGeneration(generation: number, checkpoint: CheckpointWrite): Promise<void>;
  /** Files loaded into the shadow table in the current generation, or into the verify table since `startVerify`. */
  readLedger(role: 'shadow' | 'verify'): Promise<readonly LedgerEntry[]>;
  /** Loads that are best open at the same time, as things are in the destination; at least 1. */
  loadConnections(): Promise<number>;
  /**
   * Opens a load into the shadow table (for the given generation: throws `StaleGeneration` at commit if it has ended) or the
   * verify table, of rows with these columns: recorded ones, of the types recorded; columns not among them stay NULL.
   */
  load(role: 'shadow' | 'verify', generation: number, columns: readonly Column[]): Promise<Load>;
  /**
   * Applies the newest change per key to the changes table (tombstones are kept) or to the visible table, with the
   * checkpoint that covers them.
   */
  apply(role: 'changes' | 'visible', batch: ChangeBatch, checkpoint: CheckpointWrite): Promise<void>;
  /**
   * Publishes the generation (rule P2): changes over shadow, then by renaming at the first publish, later by merging the
   * differences into the visible table so that views, grants and unchanged rows stay; rows absent from the new
   * generation are deleted, or marked with soft deletes. `decide` sees what the transaction reads and returns the
   * checkpoint to commit; when it throws, nothing is changed and the error is passed on.
   */
  publish(decide: (view: PublishView) => CheckpointWrite, signal?: AbortSignal): Promise<PublishResult>;
  /** From now on every key that `apply('visible', …)` changes is also recorded, in the same transaction; empties the verify table. */
  startVerify(): Promise<void>;
  /** Compares visible with verify, leaving out recorded keys and counting dead letters as rows of their table (rule V1). */
  compare(examples: number, signal?: AbortSignal): Promise<Comparison>;
  /** Ends the recording and leaves nothing of it (rule V3). */
  endVerify(): Promise<void>;
  /** Gives the lease back. */
  release(): Promise<void>;
}
