import type { ConnectionSettings } from '../config';
import { type PipelineReport, reportOf } from '../control/report';
import type { RunningReplicator } from '../control/protocol';
import type { DestinationRequirement, OperableDestination } from '../destinations/destination';
import { resyncCommand } from '../pipeline/resync-command';

/**
 * A requirement that is not met for each of these tables whose destination records a gap (rule G1). Creates nothing.
 * @param settings those of the command that reloads a table
 */
export function recordedGaps(
  reports: readonly PipelineReport[],
  tables: readonly string[],
  settings: ConnectionSettings,
): readonly DestinationRequirement[] {
  return reports
    .filter(({ phase, table }) => phase === 'gap' && tables.includes(table))
    .map(({ table, error }) => ({
      requirement: `no gap in the changes of ${table}`,
      met: false,
      found: error ?? 'gap',
      fix: resyncCommand(table, settings),
    }));
}

/** The reports of a running replicator, or those read from the destination. */
export async function storedReports(
  destination: OperableDestination,
  running: RunningReplicator | undefined,
  signal: AbortSignal,
): Promise<readonly PipelineReport[]> {
  if (running !== undefined)
    return (await running.ask('status', undefined, () => undefined, signal)) as readonly PipelineReport[];
  const pipelines = await destination.pipelines();
  return Promise.all(
    pipelines.map(async (pipeline) =>
      reportOf(pipeline, await destination.inspect(pipeline, signal), undefined, Date.now()),
    ),
  );
}
