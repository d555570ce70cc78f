import { DAY, MINUTE } from './times';

/** The rules that the model follows; each can be weakened to see that the model notices. Times in milliseconds. */
export interface Rules {
  /** A1: what fixes the roots. */
  readonly roots: 'of two listings together' | 'of one listing' | 'of the later alone';
  /** A1: the earlier of the two has shown each root. */
  readonly earlierShowedEach: boolean;
  /** A1: from the end of the earlier listing to the start of the later. */
  readonly settleMs: number;
  /** A1: from the start of the earlier listing to the end of the later, at the most. */
  readonly settleWithinMs: number;
  /** A2 (a): a shard that listings have not shown for so long is gone. */
  readonly goneAfterMs: number;
  /** A2, G1: a read that was asked for after a listing lacked the shard, and answered, shows that it is there. */
  readonly readDisproves: boolean;
  /** A2: what is gone or trimmed before S0 + this was written before S0. */
  readonly beforeS0ForMs: number;
  /** A2: of which shards that may be said: those of whose lineage nothing has been kept, or all. */
  readonly beforeS0Of: 'nothing kept' | 'all' | 'none';
  /** A2 (a): the watermark that a shard's children have when it is gone. */
  readonly watermarkOfGone: 'S0' | 'now';
  /** W1: when an ended shard no longer counts. */
  readonly succeeds: 'with a child, or nothing kept' | 'with a child';
  /** S1. */
  readonly childAfterParent: boolean;
  /** S3: which shards of unknown parents are a gap after 60 s. */
  readonly orphans: 'topmost' | 'each';
  /** W1: an answer about the children of one shard is no listing. */
  readonly childAnswer: 'adopts' | 'moves the listing';
  /** W1: what shows every shard created before. */
  readonly complete: 'two listings' | 'one listing';
  /** W1: listings before and after one that shows an orphan confirm each other. */
  readonly completeWithOrphans: boolean;
  readonly emptyAnswers: number;
  /** G1: the age of W. */
  readonly ageBeforeRead: boolean;
  readonly ageAtCommit: boolean;
  /** G1: a table that is gone. */
  readonly goneTable: 'is waited for' | 'ends it';
  /** P1, P2. */
  readonly ledger: boolean;
  readonly tombstones: boolean;
  readonly publishWaits: boolean;
  /** C2. */
  readonly fencing: boolean;
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
  emptyAnswers: 3,
  ageBeforeRead: true,
  ageAtCommit: true,
  goneTable: 'is waited for',
  ledger: true,
  tombstones: true,
  publishWaits: true,
  fencing: true,
};
