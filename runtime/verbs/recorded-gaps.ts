import type { ConnectionSettings } from '../config';
import type { PipelineReport } from '../control/report';
import type { DestinationRequirement } from '../destinations/destination';
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
