import { ReplicatorError } from '../errors';

/** What showed that stream records can no longer be read (rule G1). */
export type GapReason = 'too old' | 'trimmed' | 'shard gone' | 'stream gone' | 'orphan' | 'stream replaced';

const EXPLANATIONS: Readonly<Record<GapReason, string>> = {
  'too old': 'the stream keeps changes for 24 hours, and reading has fallen behind by almost that',
  trimmed: 'the stream has already dropped records that were not read yet',
  'shard gone': 'a shard of the stream is gone that was not read to its end',
  'stream gone': 'the stream no longer exists',
  orphan: 'the stream lists a shard whose parent was never seen',
  'stream replaced': 'the table has another stream than the one that was being read',
};

/**
 * Stream records that can no longer be read (rule G1): the changes made to the table between `from` and `to` (epoch ms,
 * the service's clock) may be missing. Before the first publish the pipeline answers with a new generation; after it,
 * it stops with this error.
 */
export class Gap extends ReplicatorError {
  readonly kind = 'gap';

  /** What showed it, as half a sentence. */
  readonly explanation: string;

  constructor(
    readonly reason: GapReason,
    readonly from: number,
    readonly to: number,
    readonly shardId: string | undefined = undefined,
    options?: ErrorOptions,
  ) {
    const explanation = `${EXPLANATIONS[reason]}${shardId === undefined ? '' : ` (${shardId})`}`;
    super(
      `Changes made between ${isoTime(from)} and ${isoTime(to)} may be lost: ${explanation}. Run "dynamodb-replicator resync" for this table: it loads a new ` +
        `generation while the visible table stays as it is, then replaces it.`,
      options,
    );
    this.explanation = explanation;
  }
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
