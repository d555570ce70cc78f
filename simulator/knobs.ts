/** An inclusive range of milliseconds; each use draws from it. */
export type Milliseconds = readonly [least: number, most: number];

/** How often something odd happens, and how often in a row at the most, for one reader at one position. */
export interface EmptyPages {
  readonly probability: number;
  readonly most: number;
}

/**
 * Every behaviour in which AWS may differ from call to call. Durations are in ms of the simulator's clock.
 * Where a range is given, the seed draws from it each time.
 */
export interface Knobs {
  /** Hash ranges, so open shards and export files, a table starts with. */
  readonly partitions: number;
  /** An open shard is closed and continued by one child after so long; `Infinity`: never by itself. */
  readonly shardRolloverMs: number;
  /** Shards of one stream roll over up to so much before that age, each on its own. */
  readonly shardRolloverSpreadMs: number;
  /** Digits of sequence numbers, within 21–40. */
  readonly sequenceDigits: readonly [least: number, most: number];
  /** False: a child's numbers may start below its parent's last. Nothing in the AWS documentation forbids it. */
  readonly comparableAcrossShards: boolean;

  /** A new child shard is listed only after so long. */
  readonly childListingLagMs: Milliseconds;
  /** A shard that closes before anyone listed it is left out for so long more, so that its child looks like a root. */
  readonly parentOmissionMs: Milliseconds;
  /** Once in its life, from a minute to four hours after it was opened, listings lack a shard for so long that they have shown. */
  readonly listedShardHiddenMs: Milliseconds;
  /** A closed shard still looks open (listing and iterators) for so long. */
  readonly closingLagMs: Milliseconds;
  /** A record can be read so long after its write; order is kept. */
  readonly propagationMs: Milliseconds;
  /** A fresh iterator meets so many empty pages before data that is there. */
  readonly emptyPagesBeforeData: EmptyPages;
  /** An iterator in mid-shard meets so many empty pages although data is there. */
  readonly falseEmptyPages: EmptyPages;
  /** `ApproximateCreationDateTime` is off by so much, before it is rounded down to the second. */
  readonly creationTimeJitterMs: Milliseconds;
  /** Probability with which a LATEST iterator misses the write that follows it. */
  readonly latestMiss: number;

  readonly retentionMs: number;
  /** Records outlive the retention by so long; drawn once per stream. */
  readonly trimLazinessMs: Milliseconds;
  /** An iterator whose next record was trimmed goes on silently behind it, instead of TrimmedDataAccessException. */
  readonly silentTrim: boolean;
  /** A closed shard is listed so long after the last of its records could be trimmed; drawn for each by itself. */
  readonly closedShardListedMs: Milliseconds;
  readonly iteratorLifeMs: number;
  readonly streamEnablingMs: number;
  readonly streamDisablingMs: number;

  /** A new table is CREATING for so long. */
  readonly tableCreatingMs: number;
  /** A deleted table is DELETING, its name taken, for so long. */
  readonly tableDeletingMs: number;

  /** UpdateContinuousBackups takes effect so long after its answer. */
  readonly backupsEnablingMs: Milliseconds;
  /** UpdateContinuousBackups answers ContinuousBackupsUnavailableException for so long after CreateTable. */
  readonly backupsUnavailableMs: number;
  readonly latestRestorableLagMs: number;
  /** The point-in-time history is kept so long, whatever the table's setting; `Infinity`: for ever. */
  readonly historyHours: number;

  readonly exportDurationMs: Milliseconds;
  /** Data files of an export; by default one per hash range at creation. */
  readonly exportFiles: number | undefined;
  /** Where an item's own cut lies around the export's time, at most `exportCutMs` away. */
  readonly exportCut: 'exact' | 'edges' | 'uniform' | 'mixed';
  readonly exportCutMs: number;
  /** How the service rounds the export's time to its second before it cuts. */
  readonly exportTimeRounding: 'none' | 'down' | 'up' | 'either';
  readonly concurrentExports: number;
  /** A token finds the export it has started for so long; after that it starts another. */
  readonly exportTokenMs: number;
  /** An export can be described for so long after its start. */
  readonly exportListedMs: number;
  /** The time that an export's manifest names is off by so much from the one asked for. AWS is not known to do that. */
  readonly manifestTimeOffMs: number;

  /** Items past their time to live are deleted in sweeps so far apart. */
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
  historyHours: Infinity,
  exportDurationMs: [5 * MINUTE, 12 * MINUTE],
  exportFiles: undefined,
  exportCut: 'mixed',
  exportCutMs: MINUTE,
  exportTimeRounding: 'either',
  concurrentExports: 300,
  exportTokenMs: 8 * HOUR,
  exportListedMs: 90 * 24 * HOUR,
  manifestTimeOffMs: 0,
  timeToLiveSweepMs: 10 * MINUTE,
};

/** AWS as applications meet it every day: what departs from `calm` where people try things, not tests. */
export const everyday: Knobs = {
  ...calm,
  tableCreatingMs: 300,
  tableDeletingMs: 300,
  exportCut: 'exact',
  exportTimeRounding: 'none',
};

/** Everything late and odd that AWS's documentation leaves open, at once and within bounds a reader can survive. */
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
};
