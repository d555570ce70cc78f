import { AwsFault } from '../aws/faults';
import type { AwsServices } from '../aws/services';
import type { Clock } from '../clock';
import { InterruptibleSleep } from './interruptible-sleep';
import type { AwaitedChildren } from './awaited-children';
import { listChildren } from './listing';
import type { PageQueue } from './page-queue';

/** Sleep while no shard waits; `wake` ends it. */
const IDLE_MS = 60_000;

export interface AskerContext {
  readonly aws: AwsServices;
  readonly clock: Clock;
  readonly streamArn: string;
  readonly queue: PageQueue;
  readonly signal: AbortSignal;
}

/**
 * Asks for the children of shards that wait for one (rule S3), even while a listing is under way. One request at a time: the
 * process has a limit of calls, first come, first served, so a listing gets at least every other one.
 */
export class ChildAsker {
  private readonly pause: InterruptibleSleep;

  constructor(
    private readonly context: AskerContext,
    private readonly awaited: AwaitedChildren,
  ) {
    this.pause = new InterruptibleSleep(context.clock);
  }

  /** Reports that another shard waits, or that a listing showed how many pages it has. */
  wake(): void {
    this.pause.wake();
  }

  /** Runs until the signal aborts. @throws AwsFault, or the signal's reason */
  async run(): Promise<void> {
    const { clock, signal } = this.context;
    for (;;) {
      const next = this.awaited.next();
      const pauseMs = next ? next.atMs - clock.elapsedMs() : IDLE_MS;
      if (next && pauseMs <= 0) await this.ask(next.shardId);
      else await this.pause.sleep(pauseMs, signal);
    }
  }

  private async ask(shardId: string): Promise<void> {
    const { aws, clock, streamArn, queue, signal } = this.context;
    try {
      const answer = await listChildren(aws, streamArn, shardId, signal);
      if (answer.shards.length > 0) queue.pushChildren(answer);
    } catch (error) {
      // The next listing shows whether the shard or its stream is gone.
      if (!(error instanceof AwsFault) || error.code !== 'ResourceNotFoundException') throw error;
    }
    this.awaited.asked(shardId, clock.elapsedMs());
  }
}
