import { type Backoff, backoffMs } from '../backoff';
import type { Clock } from '../clock';
import { DestinationUnavailable } from '../destinations/errors';
import type { Events } from '../observe/events';

const BACKOFF: Backoff = { firstMs: 1_000, longestMs: 30_000 };

/**
 * Probes the destination until it answers. A service that ended because its destination is not up yet would restart over and
 * over, and its platform would report a failed deployment.
 * @throws errors that waiting cannot fix, and the signal's reason
 */
export async function awaitDestination(
  probe: (signal: AbortSignal) => Promise<void>,
  { clock, events }: { readonly clock: Clock; readonly events: Events },
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await probe(signal);
      events.emit('destination.there', {});
      return;
    } catch (error) {
      if (!(error instanceof DestinationUnavailable)) throw error;
      const waitMs = backoffMs(attempt, BACKOFF);
      events.emit('destination.awaited', { attempt, waitMs, message: error.message });
      await clock.sleep(waitMs, signal);
    }
  }
}
