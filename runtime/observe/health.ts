import type { PipelineStatus } from './status';

/** A pipeline that gets no further for so long, without a stated reason, is taken for stuck. */
export const STANDSTILL_MS = 5 * 60_000;

export interface Health {
  /** Gets further, or waits for a stated reason. A service that is not alive should be restarted. */
  readonly alive: boolean;
  /** Follows the stream. */
  readonly ready: boolean;
  readonly reason: string;
}

/** Health means progress, not that a process exists. `elapsedMs`: the local clock, as in `progressAtMs`. */
export function health(status: PipelineStatus, elapsedMs: number): Health {
  if (status.error) return { alive: false, ready: false, reason: status.error.message };
  if (status.stopped) return { alive: false, ready: false, reason: 'stopped' };
  if (status.waiting) return { alive: true, ready: false, reason: status.waiting.reason };
  if (status.phase === 'publish') return { alive: true, ready: false, reason: 'publishing' };
  const stillMs = elapsedMs - status.progressAtMs;
  if (stillMs > STANDSTILL_MS) {
    return { alive: false, ready: false, reason: `no progress for ${Math.floor(stillMs / 60_000)} minutes` };
  }
  return status.phase === 'stream'
    ? { alive: true, ready: true, reason: 'following the stream' }
    : { alive: true, ready: false, reason: `phase ${status.phase}` };
}
