import type { AwsServices } from '../aws/services';
import type { Settings } from '../config';
import type { Destination, DestinationRequirement } from '../destinations/destination';
import { withResync } from '../errors';
import { counted, instant, price, tableOf } from '../observe/figures';
import {
  followsStream,
  type PipelineState,
  readStateToReload,
  type RecordedGap,
} from '../pipeline/checkpoint';
import { GapNotHealed, healPlan } from '../pipeline/heal/close-gap';
import { resyncCommand } from '../pipeline/resync-command';

/**
 * For each table of the settings that has a gap, whether a heal could begin now, and for how much. Requests no export.
 * @throws ReplicatorError
 */
export async function healableGaps(
  destination: Destination,
  aws: AwsServices,
  settings: Settings,
  signal: AbortSignal,
): Promise<readonly DestinationRequirement[]> {
  const lines: DestinationRequirement[] = [];
  for (const pipeline of await destination.pipelines()) {
    const table = settings.tables.find(({ name }) => name === tableOf(pipeline));
    const stored = table && (await destination.inspect(pipeline, signal))?.checkpoint;
    if (table === undefined || stored === undefined) continue;
    const state = readStateToReload(stored);
    const gap = state && gapIn(state, aws.clock.now());
    if (state === undefined || gap === undefined) continue;
    const line = { requirement: `the gap in the changes of ${table.name} can be healed` };
    try {
      const { exports, from, to, priceUsd } = await healPlan(
        { aws, pipeline, settings, table },
        state,
        gap,
        signal,
      );
      const what = `${counted(exports, 'incremental export')} of the changes from ${instant(from)} to ${instant(to)}`;
      const found = `run heals it from ${what}, for ${price(priceUsd)} by the estimate`;
      lines.push({ ...line, met: true, found, fix: undefined });
    } catch (error) {
      if (!(error instanceof GapNotHealed)) throw error;
      const fix = resyncCommand(table.name, settings);
      lines.push({ ...line, met: false, found: withResync(error.message, () => fix), fix });
    }
  }
  return lines;
}

/** The recorded gap, or the one that the next start will find. */
function gapIn({ checkpoint, graph }: PipelineState, now: number): RecordedGap | undefined {
  const { gap } = checkpoint;
  // What is wrong with the bookkeeping is reported as such.
  if (graph.shards.size === 0) return undefined;
  if (gap !== undefined || !followsStream(checkpoint)) return gap;
  const found = graph.gapBeforeRead(now);
  return found && { reason: found.reason, from: found.from, to: found.to, shardId: found.shardId };
}
