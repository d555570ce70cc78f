import { reload, ReplicatorError } from '../errors';
import { duration, instant } from '../observe/figures';

/** How it was found that stream records can no longer be read (rule G1). */
export type GapReason = 'too old' | 'trimmed' | 'shard gone' | 'stream gone' | 'orphan' | 'stream replaced';

const EXPLANATIONS: Readonly<Record<Exclude<GapReason, 'too old'>, string>> = {
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

  /** What may be lost, as a clause. */
  readonly loss: string;
  /** The reason as a clause, to end a sentence with. */
  readonly explanation: string;

  constructor(
    readonly reason: GapReason,
    readonly from: number,
    readonly to: number,
    readonly shardId: string | undefined = undefined,
    options?: ErrorOptions,
  ) {
    const why =
      reason === 'too old'
        ? `the stream keeps changes for 24 hours, and the replicator is ${duration(to - from)} behind`
        : EXPLANATIONS[reason];
    const explanation = `${why}${shardId === undefined ? '' : ` (${shardId})`}`;
    const loss = `Changes made between ${instant(from)} and ${instant(nextSecond(to))} may be lost`;
    super(
      `${loss}: ${explanation}. To export only the changes of that time, start the replicator with --on-gap heal ` +
        `(settings.onGap in a stack). Otherwise reload the table; its present rows stay visible until the new ones are complete: ${reload()}`,
      options,
    );
    this.loss = loss;
    this.explanation = explanation;
  }
}

/** An instant is printed without its milliseconds, and the end of a gap must not be printed too early. */
function nextSecond(epochMs: number): number {
  return Math.ceil(epochMs / 1_000) * 1_000;
}
