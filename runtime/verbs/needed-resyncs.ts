import type { ConnectionSettings } from '../config';
import type { PipelineReport } from '../control/report';
import type { DestinationRequirement } from '../destinations/destination';
import { resyncCommand } from '../pipeline/resync-command';

/**
 * A requirement that is not met for each of these tables that only a resync repairs: its destination records a gap (rule
 * G1), or somebody changed the bookkeeping.
 * @param settings those of the command that reloads a table
 */
export function neededResyncs(
  reports: readonly PipelineReport[],
  tables: readonly string[],
  settings: ConnectionSettings,
): readonly DestinationRequirement[] {
  return (
    reports
      // A running replicator of an earlier version reports only the phase.
      .filter(({ needsResync, phase, table }) => (needsResync || phase === 'gap') && tables.includes(table))
      .map(({ table, phase, error }) => ({
        requirement:
          phase === 'gap' ? `no gap in the changes of ${table}` : `bookkeeping of ${table} complete`,
        met: false,
        found: error ?? phase,
        fix: resyncCommand(table, settings),
      }))
  );
}
