import type { DestinationSettings } from '../config';
import type { DestinationRequirement } from '../destinations/destination';
import { openPlace } from '../open';
import { resyncCommand } from '../pipeline/resync-command';
import { destinationRequirements, text } from './check';
import type { Terminal } from './terminal';

/**
 * Prints, in the words of `check`, what may keep a reload of these tables from being published: before its export is paid
 * for. Leaves out what the reload repairs.
 */
export async function printObstacles(settings: DestinationSettings, terminal: Terminal): Promise<void> {
  const { tables = [] } = settings;
  const lines = await requirementsOf(settings);
  // The first line is whether the destination can be reached, which the reload itself reports.
  if (lines[0]?.met === false) return;
  const repairs = tables.map(({ name }) => resyncCommand(name, settings));
  for (const { requirement, met, found, fix } of lines) {
    if (fix === undefined ? met : repairs.includes(fix)) continue;
    const outcome = met ? 'met' : 'not met';
    terminal.errors.write(text({ requirement, outcome, found, fix }));
  }
}

/** A destination may hold what it has checked until it is closed. */
async function requirementsOf(settings: DestinationSettings): Promise<readonly DestinationRequirement[]> {
  const destination = await openPlace(settings);
  try {
    return await destinationRequirements(destination, settings);
  } finally {
    await destination.close();
  }
}
