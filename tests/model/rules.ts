import { DAY, MINUTE } from './times';

/** The rules that the model follows. Each can be weakened, to check that the model detects it. Times in ms. */
export interface Rules {
  /** A1: what fixes the roots. */
  readonly roots: 'of two listings together' | 'of one listing' | 'of the later alone';
  /** A1: the earlier of the two listings has shown each root. */
  readonly earlierShowedEach: boolean;
  /** A1: from the end of the earlier listing to the start of the later. */
  readonly settleMs: number;
  /** A1: the most from the start of the earlier listing to the end of the later. */
  readonly settleWithinMs: number;
  /** A2 (a): a shard that listings have lacked for this long is gone. */
  readonly goneAfterMs: number;
  /** A2, G1: a read that was requested after a listing lacked the shard, and answered, shows that it exists. */
  readonly readDisproves: boolean;
  /** A2: records that are gone or trimmed before S0 + this were written before S0. */
  readonly beforeS0ForMs: number;
  /** A2: the shards for which this holds: those of whose lineage nothing was kept, or all. */
  readonly beforeS0Of: 'nothing kept' | 'all' | 'none';
  /** A2 (a): the watermark of a shard's children when it is gone. */
  readonly watermarkOfGone: 'S0' | 'now';
  /** W1: when an ended shard no longer counts. */
  readonly succeeds: 'with a child, or nothing kept' | 'with a child';
  /** S1. */
  readonly childAfterParent: boolean;
  /** S3: which shards with unknown parents are a gap after 60 s. */
  readonly orphans: 'topmost' | 'each';
  /** W1: whether an answer about the children of one shard counts as a listing. */
  readonly childAnswer: 'adopts' | 'moves the listing';
  /** W1: what proves that every shard created before is known. */
  readonly complete: 'two listings' | 'one listing';
  /** W1: listings before and after one that shows an orphan confirm each other. */
  readonly completeWithOrphans: boolean;
  /** W1: whether a listing without an open shard counts. A stream that is off has none, and records nothing. */
  readonly completeWhenOff: 'does not count' | 'counts';
  readonly emptyAnswers: number;
  /** G1: the age of W. */
  readonly ageBeforeRead: boolean;
  readonly ageAtCommit: boolean;
  /** G1: what happens when the table is gone. */
  readonly goneTable: 'is waited for' | 'ends it';
  /** G1: what happens when the new table has another key than the visible one. */
  readonly otherKey: 'is waited for' | 'is ignored' | 'ends it';
  /** P1, P2. */
  readonly ledger: boolean;
  readonly tombstones: boolean;
  readonly publishWaits: boolean;
  /** C2. */
  readonly fencing: boolean;
  /** P3: how long after the first commit into the changes table the export of a resync may begin. */
  readonly resyncAfterMs: number;
  /** P3: into which tables the stream goes while a resync loads. */
  readonly resyncFeeds: 'both' | 'visible table' | 'changes table';
  /** P3: whether the visible table stays as it is after a gap. */
  readonly gapFreezes: boolean;
  /** G3: how far before L a heal begins, and how much its windows overlap. */
  readonly healSlackMs: number;
  readonly overlapMs: number;
  /** G3: how long before the present a heal ends. */
  readonly healEndsBeforeMs: number;
  /** G3: L during a second gap: of the visible table, or of the changes table. */
  readonly healsFrom: 'the visible table' | 'the last position';
  /** G3: which of the lines of a key wins. */
  readonly lines: 'by time' | 'by arrival';
  /** G3: which keys are read again: recent rows without a line, rows without a time, and keys with a line at the edge of a window. */
  readonly reread: boolean;
  /** G3: how long before the start of a heal or window a change may be, ms. */
  readonly rereadReachMs: number;
  readonly rereadTimeless: boolean;
  readonly rereadEdges: boolean;
  /** G4: what the publish of a heal waits for. */
  readonly healWaitsForWindows: boolean;
  readonly healWaitsForW: boolean;
}

export const RULES: Rules = {
  roots: 'of two listings together',
  earlierShowedEach: true,
  settleMs: MINUTE,
  settleWithinMs: DAY - MINUTE,
  goneAfterMs: MINUTE,
  readDisproves: true,
  beforeS0ForMs: DAY - MINUTE,
  beforeS0Of: 'nothing kept',
  watermarkOfGone: 'S0',
  succeeds: 'with a child, or nothing kept',
  childAfterParent: true,
  orphans: 'topmost',
  childAnswer: 'adopts',
  complete: 'two listings',
  completeWithOrphans: false,
  completeWhenOff: 'does not count',
  emptyAnswers: 3,
  ageBeforeRead: true,
  ageAtCommit: true,
  goneTable: 'is waited for',
  otherKey: 'is waited for',
  ledger: true,
  tombstones: true,
  publishWaits: true,
  fencing: true,
  resyncAfterMs: 62_000,
  resyncFeeds: 'both',
  gapFreezes: true,
  healSlackMs: 5 * MINUTE,
  overlapMs: 3 * MINUTE,
  healEndsBeforeMs: 0,
  healsFrom: 'the visible table',
  lines: 'by time',
  reread: true,
  rereadReachMs: 61_000,
  rereadTimeless: true,
  rereadEdges: true,
  healWaitsForWindows: true,
  healWaitsForW: true,
};
