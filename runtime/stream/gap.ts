import { ReplicatorError } from '../errors';

/** How it was found that stream records can no longer be read (rule G1). */
export type GapReason = 'too old' | 'trimmed' | 'shard gone' | 'stream gone' | 'orphan' | 'stream replaced';

const EXPLANATIONS: Readonly<Record<GapReason, string>> = {
  'too old': 'the stream keeps changes for 24 hours, and the replicator is almost that far behind',
  trimmed: 'the stream dropped records before they were read',
  'shard gone': 'a shard of the stream disappeared before it was read to its end',
  'stream gone': 'the stream no longer exists',
  orphan: 'the stream lists a shard whose parent was never seen',
  'stream replaced': "the table's stream was replaced by another one",
};

/**
 * Stream records can no longer be read (rule G1): changes made to the table between `from` and `to` (epoch ms on the
 * service's clock) may be missing. Before the first publish the pipeline starts a new generation; after it, it stops with
 * this error.
 */
export class Gap extends ReplicatorError {
  readonly kind = 'gap';

  /** The reason as a clause, to end a sentence with. */
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
      `Changes made between ${isoTime(from)} and ${isoTime(to)} may be lost: ${explanation}. Run "dynamodb-replicator resync" for this table: it reloads ` +
        `the table while the present rows stay visible, then replaces what differs.`,
      options,
    );
    this.explanation = explanation;
  }
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
