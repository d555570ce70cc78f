import { LeaseLost } from '../destinations/errors';
import { finalMessage } from '../errors';
import type { Mutex } from '../mutex';
import { waitFor } from './context';
import type { GenerationRun } from './generation-run';
import { verify } from './verify';
import { nextVerify, spreadOf, verifyBegan, verifyFailed, type VerifyRecord } from './verify-schedule';

/** A timer lasts no longer: a verify that a user requested may move the next one. */
const LONGEST_SLEEP_MS = 3_600_000;

/**
 * Verifies the table on the schedule of `verify.every`, while the generation follows its stream. Without one it returns at once. A
 * verify that fails is reported and does not end the generation (rule V2).
 * @param openedAt when the generation began to run, epoch ms on the service's clock
 * @param verifying held by every verify: never two at once
 * @throws LeaseLost, and the signal's reason
 */
export async function verifyOnSchedule(
  run: GenerationRun,
  openedAt: number,
  verifying: Mutex,
): Promise<void> {
  const { context, committer, signal } = run;
  const { aws, clock, settings } = context;
  const { every: everyMs } = settings.verify;
  if (everyMs === undefined) return;
  await waitFor(context, () => committer.current.checkpoint.phase === 'stream', signal);
  const schedule = new Schedule(run, everyMs, openedAt);
  schedule.report();
  for (;;) {
    const left = schedule.next - aws.clock.now();
    if (left > 0) {
      await clock.sleep(Math.max(1, Math.min(left, LONGEST_SLEEP_MS)), signal);
      continue;
    }
    const failure = await inTurn(run, () =>
      verifying.run(async () => (schedule.isDue ? attempt(run) : undefined)),
    );
    schedule.report(failure);
  }
}

/**
 * Runs a scheduled verify once the process runs no other: tables that are due together would record their changes, and keep room for
 * loads from each other, for longer than each needs.
 */
async function inTurn<T>({ context, signal }: GenerationRun, work: () => Promise<T>): Promise<T> {
  const { events, pipeline, scheduledVerifies } = context;
  if (!scheduledVerifies.isTaken) return scheduledVerifies.run(work, signal);
  events.emit('verify.progress', { pipeline, stage: 'waiting for the scheduled verify of another table' });
  try {
    return await scheduledVerifies.run(work, signal);
  } finally {
    events.emit('verify.ended', { pipeline });
  }
}

class Schedule {
  private readonly spread: number;

  constructor(
    private readonly run: GenerationRun,
    private readonly everyMs: number,
    private readonly openedAt: number,
  ) {
    this.spread = spreadOf(run.context.pipeline);
  }

  /** Epoch ms on the service's clock. */
  get next(): number {
    const { everyMs, spread } = this;
    const times = { publishedAt: this.publishedAt, runningSince: this.openedAt };
    return nextVerify({ everyMs, spread }, this.record, times);
  }

  get isDue(): boolean {
    return this.next <= this.run.context.aws.clock.now();
  }

  report(failure?: string): void {
    const { events, pipeline } = this.run.context;
    const { next, record } = this;
    const since = record?.last?.at ?? this.publishedAt;
    events.emit('verify.scheduled', {
      pipeline,
      next,
      since,
      differences: record?.last?.differences,
      failure,
    });
  }

  private get record(): VerifyRecord | undefined {
    return this.run.committer.current.checkpoint.verify;
  }

  private get publishedAt(): number {
    return this.run.committer.current.checkpoint.published?.at ?? this.openedAt;
  }
}

/** Returns why the verify failed; `undefined` when it did not. */
async function attempt(run: GenerationRun): Promise<string | undefined> {
  const { context, signal } = run;
  const { sample } = context.settings.verify;
  await remember(run, verifyBegan);
  try {
    await verify(run, { sample, isScheduled: true });
    return undefined;
  } catch (error) {
    if (signal.aborted || error instanceof LeaseLost) throw error;
    await remember(run, verifyFailed);
    return error instanceof Error ? finalMessage(error) : String(error);
  }
}

/** Commits what happened to a scheduled verify, before its export can cost anything. */
function remember(
  { context, committer, signal }: GenerationRun,
  change: (record: VerifyRecord | undefined, at: number) => VerifyRecord,
): Promise<void> {
  const at = context.aws.clock.now();
  return committer.commit(signal, ({ checkpoint, graph }) => ({
    checkpoint: { ...checkpoint, verify: change(checkpoint.verify, at) },
    graph,
  }));
}
