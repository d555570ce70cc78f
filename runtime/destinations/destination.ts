import type { KeySchema } from '../item/attribute-value';
import type { Cell, Column } from '../item/column';
import type { DeadLetter } from '../item/dead-letter';
import type { Dialect } from '../item/dialect';
import type { RowSink } from '../item/row-cells';
import type { Mailbox } from './mailbox';

/*
 * The terms of this interface. docs/SPEC.md has the rules.
 *
 * pipeline     One source table, replicated into one destination table.
 * lease        The right to write a pipeline. Taking it fences every earlier holder.
 * epoch        The number of a lease; each lease gets the next one. A write with an older epoch than the stored one fails.
 * checkpoint   The position of a pipeline: a head, and a state for each shard. It commits with the rows that it covers.
 * generation   One load, of the whole table or of the changes that a gap hides, with the stream from the start of that
 *              load. Numbered from 1.
 * visible      The table that users query. Publishing a generation replaces its content.
 * shadow       The hidden table that a generation's export is loaded into.
 * changes      The newest change of each key, until the generation is published. A delete is kept as a tombstone.
 * heal         A generation that closes a gap in the visible table. It loads incremental exports instead of the whole table.
 * lines        What the shadow is to a load: the hidden table that a heal's incremental exports are staged into. It has
 *              the form of changes.
 * publish      One transaction that merges changes into shadow and makes the result visible. For a heal: one that
 *              applies lines and changes to the visible table.
 * ledger       The export files that have been loaded. A file's entry commits with its rows, so no file is loaded twice.
 * verify       The table that a second export is loaded into, for comparison with the visible one. Keys that change
 *              meanwhile are recorded and left out.
 * dead letter  An item that the destination cannot hold as a row. It is stored whole, with the reason.
 * widen        To add columns, or to change a column's type to one that holds all earlier values exactly.
 */

/**
 * Keeps a pipeline's rows and its checkpoint, and commits both together (rule C1). A destination makes no decisions:
 * the pipeline decides when to publish, what a gap is, and which columns exist. One conformance suite
 * (tests/destinations/conformance.ts) tests every implementation of this contract.
 *
 * All methods that write check the lease's epoch inside their transaction and throw `LeaseLost` when another writer
 * has taken over (rule C2). A failed method has written nothing, unless the outcome of the commit itself is unknown:
 * then it throws `CommitOutcomeUnknown` and the caller reads the checkpoint back (rule C3).
 *
 * Methods that may wait or take long accept a signal. When it aborts, they end soon and throw the signal's reason.
 * If they leave unfinished work behind, the next call detects it.
 */
export interface Destination {
  readonly dialect: Dialect;
  /** Where the data goes, for messages. Contains no secrets. */
  readonly location: string;
  /** Most loads that can be open at a time, over all pipelines. `undefined`: no limit. */
  readonly mostLoads?: number;
  /**
   * Takes the writer lease of a pipeline: increments its epoch, which fences every earlier writer, and ends a verify
   * that an earlier writer left behind (rule V3). Creates the bookkeeping tables on first use.
   * @param signal also applies to the returned lease: once it aborts, none of its calls waits for other sessions
   * @throws DestinationTableMissing when somebody dropped or renamed the visible table, unless `recreate` is set
   * @throws ColumnTypeChanged when somebody altered a column so that it could not hold every value
   * @throws DestinationTableTaken when the table belongs to another pipeline, or existed before any pipeline wrote it
   * @throws KeyChanged when the table was loaded with another key. Once somebody dropped or renamed it, the new key is taken
   * @throws DestinationUnusable when the pipeline was created with another table or delete mode
   * @throws DestinationLocked when another process has the destination open and only one can
   */
  lease(target: TableTarget, signal?: AbortSignal, options?: LeaseOptions): Promise<PipelineStore>;
  /** Reads the state of a pipeline without taking its lease, for `status`. `undefined`: no such pipeline. */
  inspect(pipeline: string, signal?: AbortSignal): Promise<PipelineRecord | undefined>;
  /** The pipelines that write here, in the order of their registration. */
  pipelines(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface LeaseOptions {
  /** A new generation will start under this lease, and its publish recreates tables that somebody dropped. */
  readonly recreate?: boolean;
}

/** What the commands need, in addition to replication. */
export interface OperableDestination extends Destination {
  /** How another process reaches the replicator that writes here. */
  readonly control: ControlPlace;
  /** Returns once the destination can be reached and written to. Changes no user table. @throws ReplicatorError */
  probe(signal?: AbortSignal): Promise<void>;
  /** Checks each thing that a run into these tables needs here. Undoes whatever it changes to find out. */
  check(targets: readonly CheckedTable[]): Promise<readonly DestinationRequirement[]>;
  /** Runs one query of the user. @throws ReplicatorError */
  query(sql: string): Promise<QueryResult>;
  /**
   * Makes a destination with the same content, in which a replicator can work without writing to this one. Absent if
   * a destination cannot be copied.
   * @throws ReplicatorError, or the signal's reason; then it leaves nothing behind
   */
  copy?(signal?: AbortSignal): Promise<DestinationCopy>;
}

export interface DestinationCopy {
  readonly destination: OperableDestination;
  /** Removes the copy. Close the destination first. */
  remove(): void;
}

/** A destination that only one process can open is controlled through a file beside it, any other through a mailbox in it. */
export type ControlPlace =
  /** `phrase`: the destination within a sentence, such as `a DuckDB file`. */
  | { readonly kind: 'file'; readonly destinationFile: string; readonly phrase: string }
  | { readonly kind: 'mailbox'; readonly mailbox: Mailbox };

export interface DestinationName {
  readonly schema: string | undefined;
  readonly table: string;
}

/** `keySchema`: the key of its source table, if that could be read. */
export interface CheckedTable extends DestinationName {
  readonly keySchema?: KeySchema | undefined;
}

/** One requirement, and whether the destination meets it. */
export interface DestinationRequirement {
  readonly requirement: string;
  readonly met: boolean;
  /** What the check found. */
  readonly found: string;
  /** What to run or set when it is not met. */
  readonly fix: string | undefined;
}

export interface QueryResult {
  readonly columns: readonly string[];
  /** Cells as the engine prints them. `null` is SQL NULL. */
  readonly rows: readonly (readonly (string | null)[])[];
}

export interface TableTarget {
  /** Identifies the pipeline in this destination: `<account>/<region>/<source table>`. */
  readonly pipeline: string;
  readonly schema: string | undefined;
  readonly table: string;
  readonly keySchema: KeySchema;
  /** `soft`: a deleted row stays, marked as deleted, with its last known values, or only its key if none are known. */
  readonly deletes: 'hard' | 'soft';
}

/** The checkpoint as stored. Only the pipeline interprets its text. */
export interface StoredCheckpoint {
  readonly head: string;
  /** Shard id → state */
  readonly shards: ReadonlyMap<string, string>;
}

/** Replaces the head. `null` deletes a shard's entry. Shards that are not named stay. */
export interface CheckpointWrite {
  readonly head: string;
  readonly shards: ReadonlyMap<string, string | null>;
}

export interface PipelineRecord {
  readonly epoch: number;
  /** The generation that began last; 0 before the first. */
  readonly generation: number;
  readonly checkpoint: StoredCheckpoint | undefined;
  readonly columns: readonly Column[];
  /** Rows of the visible table that are not soft-deleted. 0 before the first publish. */
  readonly rows: number;
  /** Dead letters of the visible table, as counted by its commits. */
  readonly deadLetters: number;
  /** Those that are stored. Fewer when somebody deleted some. */
  readonly storedDeadLetters: number;
  /** What somebody changed in its tables that stops it, with the fix. A message for the user. */
  readonly problem: string | undefined;
  /** What has slowed commits down for an hour or more, if anything. A message for the user. */
  readonly slowedBy: string | undefined;
}

/** The tables of a pipeline that rows go into. */
export type TableRole = 'visible' | 'shadow' | 'changes' | 'lines' | 'verify';

/** Where changes of the stream go. `both`: into changes and into the visible table, while a resync loads beside it (rule P3). */
export type AppliedRole = 'changes' | 'visible' | 'both';

/** The tables that files of exports go into, each recorded in the ledger. */
export type LoadedRole = 'shadow' | 'lines' | 'verify';

/** Most keys in a piece of `findKeys`. */
export const MOST_FOUND_KEYS = 1_000;

/** The newest change of one key. A batch holds each key at most once. */
export type RowChange = {
  /**
   * The key as text. Equal keys have equal text, and numbers compare by value. Every key has one, even one that no
   * row can hold.
   */
  readonly keyText: string;
  /** When the change was made, epoch ms, in whole seconds. */
  readonly sourceTime: number;
} & (
  | { readonly action: 'upsert'; readonly cells: readonly Cell[] }
  /** `key`: cells of the key columns, in the order of `columns`. */
  | { readonly action: 'delete'; readonly key: readonly Cell[] }
  /**
   * The item cannot be a row. A dead letter replaces the row of that key, if there is one. `key` is undefined when
   * the key itself cannot be stored.
   */
  | {
      readonly action: 'dead letter';
      readonly key: readonly Cell[] | undefined;
      readonly deadLetter: DeadLetter;
    }
  /** A delete of a key that no row can hold: only a dead letter of it can exist. */
  | { readonly action: 'delete dead letter' }
);

export interface ChangeBatch {
  readonly columns: readonly Column[];
  readonly changes: readonly RowChange[];
}

/** One data file of an export that has been loaded. */
export interface LedgerEntry {
  /** The S3 key of the file. */
  readonly file: string;
  readonly items: number;
}

/** One load transaction. Call `commit` or `rollback`, once. */
export interface Load {
  /** Takes rows, their cells in the order of the columns that the load was opened for. `flush` sends them. */
  readonly sink: RowSink;
  /**
   * Sends what the sink holds, with the items of the same file that cannot be rows. Waits while the destination is
   * behind.
   */
  flush(deadLetters: readonly DeadLetter[]): Promise<void>;
  /**
   * Commits the rows and their ledger entries together (rule P1).
   * @throws FileLoadedMeanwhile when the ledger already has one of the files
   */
  commit(files: readonly LedgerEntry[]): Promise<void>;
  rollback(): Promise<void>;
}

/** The keys that a heal has to read again (rule G3). All times are epoch ms. */
export interface RereadRule {
  /** Rows and dead letters with a change at this time or later, that have neither a line nor a change. */
  readonly since: number;
  /**
   * Also all other rows that have neither: the published export is so recent that it may have shown an item of after
   * `since`. Its rows have no time, and rows that it found unchanged keep an earlier one.
   */
  readonly untimed: boolean;
  /** Also the keys of lines that were written within one of these times, both included, and that have no change. */
  readonly edges: readonly { readonly from: number; readonly to: number }[];
}

/** What `publish` reads inside its transaction, for the caller's decision (rule P2). */
export interface PublishView {
  readonly checkpoint: StoredCheckpoint;
  /** Of the shadow table, or of lines. */
  readonly ledger: readonly LedgerEntry[];
}

export interface PublishResult {
  /** Rows of the visible table after the publish, without the soft-deleted ones. */
  readonly rows: number;
  /**
   * Rows that a resync or a heal wrote into the existing visible table, or deleted from it. A heal writes every row that
   * has a line or a change. Equals `rows` for a first load.
   */
  readonly written: number;
  readonly deadLetters: number;
}

/** `all`: every key of either table. `sample`: only the keys of the verify table, which holds only some files of its export. */
export type ComparedKeys = 'all' | 'sample';

export interface Comparison {
  /** Keys compared, including those that only one side has, and dead letters. */
  readonly rowsCompared: number;
  /** Keys left out because they changed since the verify began; of a sample, only those that it holds. */
  readonly keysSkipped: number;
  readonly differences: number;
  /** The first differing keys, up to the number requested. */
  readonly examples: readonly Difference[];
}

export interface Difference {
  /** Key column → value as text, bytes in base64. For a dead letter: `dead letter` → its key text. */
  readonly key: Readonly<Record<string, string>>;
  readonly difference: 'missing in the destination' | 'missing in the source' | 'different';
  /** Names of the columns that differ. */
  readonly columns: readonly string[];
}

/** The right to write one pipeline, until another writer takes it. */
export interface PipelineStore {
  readonly epoch: number;
  readCheckpoint(): Promise<StoredCheckpoint | undefined>;
  /** The recorded columns. Empty before the first `widen`. */
  readColumns(): Promise<readonly Column[]>;
  /** Saves a checkpoint without rows. */
  save(checkpoint: CheckpointWrite): Promise<void>;
  /**
   * Changes every existing table of the pipeline to hold `columns`: adds new columns, widens the type of others
   * (earlier values are converted exactly), and records them. Idempotent. Do not call it while a load or `stage` of
   * this pipeline is open.
   */
  widen(columns: readonly Column[], signal?: AbortSignal): Promise<void>;
  /**
   * Begins a generation: empties the ledger, forgets all shards that `checkpoint` does not name, creates empty shadow (or
   * lines) and changes tables with the recorded columns, drops those of an abandoned generation, and ends an interrupted
   * verify (rule V3). The visible table stays as it is.
   * @param into the table that exports go into. `lines`: the generation is a heal of the visible table, which must exist
   */
  startGeneration(generation: number, checkpoint: CheckpointWrite, into?: 'shadow' | 'lines'): Promise<void>;
  /**
   * Ends a load that will not be published: drops its shadow and changes tables and empties its ledger. The visible table stays as
   * it is.
   */
  abandonLoad(checkpoint: CheckpointWrite): Promise<void>;
  /** The files loaded into the shadow table or lines in this generation, or into the verify table since `startVerify`. */
  readLedger(role: LoadedRole): Promise<readonly LedgerEntry[]>;
  /** The best number of concurrent loads in the current state of the destination; at least 1. */
  loadConnections(): Promise<number>;
  /**
   * Opens a load into the shadow table of this generation (`commit` throws `StaleGeneration` if the generation has
   * ended) or into the verify table. `columns` are recorded columns with their recorded types; all others stay NULL.
   * @throws LedgerIncomplete when somebody deleted entries of the ledger: their files would be loaded twice
   */
  load(role: 'shadow' | 'verify', generation: number, columns: readonly Column[]): Promise<Load>;
  /**
   * Stages changes into the lines of a heal (rule G3). The last one staged of a key wins. All batches are committed in
   * one transaction, with the ledger entry of their file, on a connection that nothing else waits for.
   * @param batches in the order of their times. If iterating throws, nothing is staged, and the error is passed on
   * @param file the file of an incremental export that the changes are from. Without it: deletes found by reading keys again
   * @throws FileLoadedMeanwhile when the ledger already has the file
   * @throws StaleGeneration when the heal has ended
   */
  stage(
    generation: number,
    batches: AsyncIterable<ChangeBatch>,
    file?: LedgerEntry,
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Finds the keys that a heal has to read again (rule G3), as of the start of the call. Scans the tables once, on a
   * connection that nothing else waits for, and passes the keys on in pieces of at most `MOST_FOUND_KEYS`. The next piece is fetched
   * when `take` has resolved. No table is held meanwhile. A key may be found twice.
   * @throws what `take` throws, and StaleGeneration when no heal is running or it has ended
   */
  findKeys(
    rule: RereadRule,
    take: (keyTexts: readonly string[]) => Promise<void>,
    signal?: AbortSignal,
  ): Promise<void>;
  /** Whether the visible table exists: it has been published, and nobody has dropped it before the lease was taken. */
  hasVisible(): Promise<boolean>;
  /**
   * Applies the newest change of each key to the changes table, which keeps tombstones, to the visible table, or to both in
   * one transaction. Commits the checkpoint with it.
   */
  apply(role: AppliedRole, batch: ChangeBatch, checkpoint: CheckpointWrite): Promise<void>;
  /**
   * Publishes the generation (rule P2): applies changes to shadow, then renames shadow at the first publish, or later
   * merges the differences into the visible table, so that views, grants and unchanged rows stay. Rows that the new
   * generation does not have are deleted, or marked as deleted with soft deletes. `decide` sees what the transaction
   * reads and returns the checkpoint to commit. If it throws, nothing changes and the error is passed on.
   */
  publish(decide: (view: PublishView) => CheckpointWrite, signal?: AbortSignal): Promise<PublishResult>;
  /**
   * Publishes a heal (rule G4): applies lines, then changes, to the visible table, in place. Rows without either are not
   * written. `decide` as in `publish`.
   */
  publishHeal(decide: (view: PublishView) => CheckpointWrite, signal?: AbortSignal): Promise<PublishResult>;
  /**
   * Empties the verify table. From now on `apply` into the visible table records every key that it changes, in the same
   * transaction.
   */
  startVerify(): Promise<void>;
  /**
   * Compares visible with verify, without the recorded keys. Dead letters count as rows of their table (rule V1). A
   * sample finds no key that is missing in the source.
   * @param keys default: all
   */
  compare(examples: number, signal?: AbortSignal, keys?: ComparedKeys): Promise<Comparison>;
  /** Ends the recording and drops what it created (rule V3). */
  endVerify(): Promise<void>;
  /** Releases the lease. */
  release(): Promise<void>;
}
