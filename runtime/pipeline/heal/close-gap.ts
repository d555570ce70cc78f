import { awsCommand, type CliFlags, turnOnRecovery } from '../../aws/cli-command';
import { AwsFault } from '../../aws/faults';
import type { SourceTable } from '../../aws/services';
import { reload, ReplicatorError } from '../../errors';
import { counted, instant, price } from '../../observe/figures';
import { gapOf, type GenerationReason, type PipelineState, type RecordedGap } from '../checkpoint';
import type { HealPlan, PipelineContext } from '../context';
import { isUnfit, requireReadable } from '../source';
import { describeSource } from '../source-watch';
import { type HealObstacle, healObstacle, inARow, loadObstacle, type Repeated } from './limits';
import { requireKeyPermission } from './key-permission';
import { healPriceUsd } from './price';
import { healFrom, planWindows } from './windows';

/** How to load it instead. */
const THE_TABLE = `the table; its present rows stay visible until the new ones are complete: ${reload()}`;

const LOAD_INSTEAD = `Reload ${THE_TABLE}`;
const FIRST_THE_CAUSE = `Find out what keeps the replicator from reading the stream in time. Then: ${LOAD_INSTEAD}`;

const TOO_SOON = {
  'a heal': 'a heal of this table began less than 6 hours ago',
  'a load': 'a load of this table began less than 6 hours ago',
  'a failed export': 'an export of the last heal failed',
};

/** A gap that is to be closed cannot be closed now. The pipeline waits; the visible table stays unchanged. */
export abstract class GapNotClosed extends ReplicatorError {
  readonly kind = 'gap';

  /**
   * @param why what keeps it from being closed, and what to do, in sentences
   * @param topic of `why`: stays the same while the same thing keeps it from being closed, though times or prices in `why` change
   */
  constructor(
    readonly gap: RecordedGap,
    why: string,
    readonly topic: string,
  ) {
    const { loss, explanation } = gapOf(gap);
    super(`${loss}: ${explanation}. ${why}`);
  }
}

/** A gap that is to be healed cannot be healed now. */
export class GapNotHealed extends GapNotClosed {
  constructor(gap: RecordedGap, why: string, topic: string = why) {
    super(gap, `It is not healed: ${why}`, topic);
  }
}

/** A gap can be healed once somebody has agreed, who is asked right after this is reported. */
export class GapAwaitsAnswer extends GapNotClosed {
  constructor(gap: RecordedGap) {
    super(gap, 'It can be healed, once you agree on the terminal of `run`.', 'awaits the answer');
  }
}

/** A table that is to be loaded again after a gap cannot be loaded now. */
export class GapNotReloaded extends GapNotClosed {
  constructor(gap: RecordedGap, obstacle: Repeated) {
    super(gap, `No full export is requested: ${ofRepeated(obstacle)}`, obstacle.what);
  }
}

/**
 * What a pipeline with a recorded gap does, as `onGap` says (rule G3).
 * @returns the reason of the generation that closes the gap
 * @throws Gap, GapNotHealed, GapAwaitsAnswer or GapNotReloaded: nothing may close it now
 */
export async function closeGap(
  context: PipelineContext,
  state: PipelineState,
  signal: AbortSignal,
): Promise<GenerationReason> {
  const { gap } = state.checkpoint;
  if (gap === undefined) throw new RangeError('no gap is recorded');
  switch (context.settings.onGap) {
    case 'exit':
    case 'wait':
      throw gapOf(gap);
    case 'resync':
      requireReloadable(context, state, gap);
      return 'gap';
    case 'heal':
      await requireHealable(context, state, gap, signal);
      return 'heal';
  }
}

function requireReloadable({ aws }: PipelineContext, state: PipelineState, gap: RecordedGap): void {
  const { loadsBegun = [], published } = state.checkpoint;
  const obstacle = loadObstacle(aws.clock.now(), inARow(loadsBegun, published?.at, sinceOf(state)));
  if (obstacle) throw new GapNotReloaded(gap, obstacle);
}

async function requireHealable(
  context: PipelineContext,
  state: PipelineState,
  gap: RecordedGap,
  signal: AbortSignal,
): Promise<void> {
  requireConsent(context, gap, await healPlan(context, state, gap, signal));
}

/**
 * What healing a gap takes now, if nothing keeps it from being healed. Requests no export.
 * @throws GapNotHealed, AwsFault
 */
export async function healPlan(
  context: Pick<PipelineContext, 'aws' | 'pipeline' | 'settings' | 'table'>,
  state: PipelineState,
  gap: RecordedGap,
  signal: AbortSignal,
): Promise<HealPlan> {
  const { aws, settings, table } = context;
  const source = await describeSource(aws, table.name, signal);
  const lacks = await lacking(context, source, signal);
  if (lacks !== undefined) throw new GapNotHealed(gap, lacks);
  const since = sinceOf(state);
  const { checkpoint } = state;
  const now = aws.clock.now();
  const recovery = await aws.describePointInTimeRecovery(table.name, signal);
  const priceUsd = healPriceUsd(checkpoint, since, now, source);
  const obstacle = healObstacle({
    now,
    since,
    recoveryFrom: recovery.enabled ? (recovery.earliestRestorable ?? now) : undefined,
    begun: inARow(checkpoint.healsBegun ?? [], checkpoint.published?.at, since),
    failed: checkpoint.healsFailed,
    priceUsd,
    maxUsd: settings.heal.maxUsd,
  });
  if (obstacle !== undefined)
    throw new GapNotHealed(gap, sentences(obstacle, table.name, aws.cli), obstacle.what);
  return {
    pipeline: context.pipeline,
    since,
    from: healFrom(since),
    to: now,
    exports: planWindows(since, now).length,
    priceUsd,
  };
}

/** The question is answered elsewhere: until then, the pipeline waits without its lease, and a resync can be requested. */
function requireConsent({ consent }: PipelineContext, gap: RecordedGap, plan: HealPlan): void {
  const answer = consent?.(plan) ?? 'agreed';
  if (answer === 'agreed') return;
  if (answer === 'awaited') throw new GapAwaitsAnswer(gap);
  const what = `${counted(plan.exports, 'incremental export')} for ${price(plan.priceUsd)}`;
  throw new GapNotHealed(
    gap,
    `you declined ${what}. To be asked again, restart this command; with --yes it heals without asking. Or reload ${THE_TABLE}`,
  );
}

/** L: the watermark of the visible table (rule G3). */
export function sinceOf({ checkpoint, graph }: PipelineState): number {
  return checkpoint.heal?.since ?? graph.watermark();
}

/** What the source or the permissions lack for a heal, in sentences. */
async function lacking(
  { aws }: Pick<PipelineContext, 'aws'>,
  source: SourceTable,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    requireReadable(source, aws.cli);
    await requireKeyPermission(aws, source, signal);
    return undefined;
  } catch (error) {
    if (isUnfit(error)) return error.message;
    // Of slow faults, only a permission that was never there is thrown.
    if (error instanceof AwsFault && (error.kind === 'fatal' || error.pace === 'slow')) return error.message;
    throw error;
  }
}

/** Why a full export is not requested, in sentences. */
function ofRepeated(obstacle: Repeated): string {
  if (obstacle.what === 'too soon') return tooSoon(obstacle);
  return `${obstacle.times} loads in a row were each followed by another gap. ${FIRST_THE_CAUSE}`;
}

function tooSoon({ after, until }: Repeated & { readonly what: 'too soon' }): string {
  return (
    `${TOO_SOON[after]}. The next one begins at ${instant(until)}. If you do not want to wait: reload ` +
    THE_TABLE
  );
}

function sentences(obstacle: HealObstacle, table: string, cli: CliFlags): string {
  switch (obstacle.what) {
    case 'recovery is off':
      return (
        `point-in-time recovery of ${table} is off, so the changes of that time are in no export. ${LOAD_INSTEAD}\n` +
        `First turn recovery on with\n  ${awsCommand(cli, turnOnRecovery(table))}`
      );
    case 'recovery begins too late':
      return (
        `point-in-time recovery reaches back to ${instant(obstacle.recoveryFrom)}, and changes since ` +
        `${instant(obstacle.needed)} are needed. ${LOAD_INSTEAD}`
      );
    case 'too soon':
      return tooSoon(obstacle);
    case 'too often':
      return `${obstacle.times} heals in a row each lost an export or were followed by another gap. ${FIRST_THE_CAUSE}`;
    case 'too expensive':
      return (
        `it would cost ${price(obstacle.priceUsd)}, and heal.maxUsd is ${obstacle.maxUsd}. Raise heal.maxUsd, or ` +
        `reload ${THE_TABLE}`
      );
  }
}
