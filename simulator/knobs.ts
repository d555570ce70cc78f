/** An inclusive range of milliseconds. Each use draws a value from it. */
export type Milliseconds = readonly [least: number, most: number];

/** Probability of an empty page, and the most in a row, for one reader at one position. */
export interface EmptyPages {
  readonly probability: number;
  readonly most: number;
}

/**
 * Every behaviour of AWS that may vary from call to call. Durations are in ms of the simulator's clock.
 * From a range, a value is drawn each time, determined by the seed.
 */
export interface Knobs {
  /** Number of hash ranges a new table has, and so of its open shards and export files. */
  readonly partitions: number;
  /** Age at which an open shard is closed and continued by one child; `Infinity`: never. */
  readonly shardRolloverMs: number;
  /** How much earlier than that each shard may roll over, drawn per shard. */
  readonly shardRolloverSpreadMs: number;
  /** Length of sequence numbers in digits, within 21–40. */
  readonly sequenceDigits: readonly [least: number, most: number];
  /** False: a child's numbers may start below its parent's last. Nothing in the AWS documentation forbids it. */
  readonly comparableAcrossShards: boolean;

  /** Time until a new child shard is listed. */
  readonly childListingLagMs: Milliseconds;
  /** How much longer a shard stays unlisted if it closes before anyone listed it, so that its child looks like a root. */
  readonly parentOmissionMs: Milliseconds;
  /** How long listings omit a shard that they have shown. This happens once per shard, a minute to four hours after it opened. */
  readonly listedShardHiddenMs: Milliseconds;
  /** How long a closed shard still looks open (listing and iterators). */
  readonly closingLagMs: Milliseconds;
  /** Time from a write until its record can be read. The order is kept. */
  readonly propagationMs: Milliseconds;
  /** Empty pages that a new iterator gets before existing data. */
  readonly emptyPagesBeforeData: EmptyPages;
  /** Empty pages that an iterator in the middle of a shard gets although there is data. */
  readonly falseEmptyPages: EmptyPages;
  /** Error of `ApproximateCreationDateTime`, before it is rounded down to the second. */
  readonly creationTimeJitterMs: Milliseconds;
  /** Probability that a LATEST iterator misses the write after it. */
  readonly latestMiss: number;

  readonly retentionMs: number;
  /** How long records outlive the retention; drawn once per stream. */
  readonly trimLazinessMs: Milliseconds;
  /** Whether an iterator whose next record was trimmed silently continues after the gap instead of failing with TrimmedDataAccessException. */
  readonly silentTrim: boolean;
  /** How long a closed shard is listed after its last record could be trimmed; drawn per shard. */
  readonly closedShardListedMs: Milliseconds;
  readonly iteratorLifeMs: number;
  readonly streamEnablingMs: number;
  readonly streamDisablingMs: number;

  /** How long a new table is CREATING. */
  readonly tableCreatingMs: number;
  /** How long a deleted table is DELETING and keeps its name. */
  readonly tableDeletingMs: number;

  /** Time from the response of UpdateContinuousBackups until it takes effect. */
  readonly backupsEnablingMs: Milliseconds;
  /** How long after CreateTable UpdateContinuousBackups fails with ContinuousBackupsUnavailableException. */
  readonly backupsUnavailableMs: number;
  readonly latestRestorableLagMs: number;
  /** How long before the present the latest time is that an export may have. AWS is not known to have such a limit. */
  readonly newestExportLagMs: number;
  /** Hours of point-in-time history that are kept, whatever the table's setting; `Infinity`: all of it. */
  readonly historyHours: number;

  readonly exportDurationMs: Milliseconds;
  /** Number of data files of an export; by default one per hash range at the table's creation. */
  readonly exportFiles: number | undefined;
  /** How each item's own cut is chosen around the export's time, at most `exportCutMs` from it. */
  readonly exportCut: 'exact' | 'edges' | 'uniform' | 'mixed';
  readonly exportCutMs: number;
  /** How the service rounds the export's time to a second before it cuts. */
  readonly exportTimeRounding: 'none' | 'down' | 'up' | 'either';
  /** Whether the windows of two incremental exports that share an edge cut each item at the same time there. */
  readonly exportEdges: 'shared' | 'independent';
  readonly concurrentExports: number;
  /** How long a client token returns the export it started. After that it starts another. */
  readonly exportTokenMs: number;
  /** How long after its start an export can be described. */
  readonly exportListedMs: number;
  /** Difference between the times in an export's manifest and the requested ones. AWS is not known to do that. */
  readonly manifestTimeOffMs: number;

  /** Probability with which BatchGetItem leaves a key unprocessed. It processes at least one. */
  readonly unprocessedKeys: number;

  /** Interval of the sweeps that delete items past their time to live. */
  readonly timeToLiveSweepMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const never: EmptyPages = { probability: 0, most: 0 };

/** AWS on a good day: durations and cuts as documented, nothing late, nothing empty. */
export const calm: Knobs = {
  partitions: 4,
  shardRolloverMs: 4 * HOUR,
  shardRolloverSpreadMs: 10 * MINUTE,
  sequenceDigits: [21, 28],
  comparableAcrossShards: true,
  childListingLagMs: [0, 0],
  parentOmissionMs: [0, 0],
  listedShardHiddenMs: [0, 0],
  closingLagMs: [0, 0],
  propagationMs: [0, 0],
  emptyPagesBeforeData: never,
  falseEmptyPages: never,
  creationTimeJitterMs: [0, 0],
  latestMiss: 0,
  retentionMs: 24 * HOUR,
  trimLazinessMs: [0, 0],
  silentTrim: false,
  closedShardListedMs: [0, 0],
  iteratorLifeMs: 15 * MINUTE,
  streamEnablingMs: 0,
  streamDisablingMs: 0,
  tableCreatingMs: 0,
  tableDeletingMs: 0,
  backupsEnablingMs: [0, 0],
  backupsUnavailableMs: 0,
  latestRestorableLagMs: 5 * MINUTE,
  newestExportLagMs: 0,
  historyHours: Infinity,
  exportDurationMs: [5 * MINUTE, 12 * MINUTE],
  exportFiles: undefined,
  exportCut: 'mixed',
  exportCutMs: MINUTE,
  exportTimeRounding: 'either',
  exportEdges: 'independent',
  concurrentExports: 300,
  exportTokenMs: 8 * HOUR,
  exportListedMs: 90 * 24 * HOUR,
  manifestTimeOffMs: 0,
  unprocessedKeys: 0,
  timeToLiveSweepMs: 10 * MINUTE,
};

/** AWS as applications see it every day: for trying things out, not for tests. */
export const everyday: Knobs = {
  ...calm,
  tableCreatingMs: 300,
  tableDeletingMs: 300,
  exportCut: 'exact',
  exportTimeRounding: 'none',
};

/** Every delay and oddity that AWS's documentation permits, all at once, within bounds that a reader can survive. */
export const hostile: Knobs = {
  ...calm,
  sequenceDigits: [21, 40],
  comparableAcrossShards: false,
  childListingLagMs: [0, 55 * SECOND],
  parentOmissionMs: [0, 55 * SECOND],
  listedShardHiddenMs: [0, 55 * SECOND],
  closingLagMs: [0, 55 * SECOND],
  propagationMs: [0, 1900],
  emptyPagesBeforeData: { probability: 0.5, most: 2 },
  falseEmptyPages: { probability: 0.3, most: 2 },
  latestMiss: 0.5,
  trimLazinessMs: [0, HOUR],
  silentTrim: true,
  closedShardListedMs: [0, 24 * HOUR],
  streamEnablingMs: 5 * SECOND,
  streamDisablingMs: 5 * SECOND,
  backupsEnablingMs: [2 * SECOND, 10 * SECOND],
  backupsUnavailableMs: 20 * SECOND,
  unprocessedKeys: 0.3,
};
