import type { ConnectionSettings } from '../config';
import type { RunningReplicator } from '../control/protocol';
import { type PipelineReport, reportOf } from '../control/report';
import type { OperableDestination } from '../destinations/destination';
import { tableOf } from '../observe/figures';
import { resyncCommand } from '../pipeline/resync-command';

/**
 * The reports of running replicators and, for the other pipelines of the destination, those made from what is stored.
 * Creates nothing.
 * @param settings those of the commands in messages
 */
export async function collectReports(
  destination: OperableDestination,
  running: readonly RunningReplicator[],
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<readonly PipelineReport[]> {
  const ask = (replicator: RunningReplicator) =>
    replicator.ask('status', undefined, () => undefined, signal) as Promise<readonly PipelineReport[]>;
  const live = (await Promise.all(running.map(ask))).flat();
  // The process that holds a file has all its pipelines.
  if (destination.control.kind === 'file' && running.length > 0) return live;
  const reports = [...live];
  for (const pipeline of await destination.pipelines()) {
    if (live.some((report) => report.pipeline === pipeline)) continue;
    const resync = resyncCommand(tableOf(pipeline), settings);
    const record = await destination.inspect(pipeline, signal);
    reports.push(reportOf(pipeline, record, undefined, Date.now(), resync));
  }
  return reports;
}
