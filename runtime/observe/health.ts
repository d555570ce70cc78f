import { tableOf } from './figures';
import type { PipelineStatus } from './status';

/** A pipeline that gets no further for so long, without a stated reason, is taken for stuck. */
export const STANDSTILL_MS = 5 * 60_000;

export interface Health {
  /** Gets further, or waits for a stated reason. */
  readonly alive: boolean;
  /** Follows the stream. */
  readonly ready: boolean;
  readonly reason: string;
}

/** Health means progress, not that a process exists. `elapsedMs`: the local clock, as in `progressAtMs`. */
export function health(status: PipelineStatus, elapsedMs: number): Health {
  const waiting = (reason: string): Health => ({ alive: true, ready: false, reason });
  const { error } = status;
  if (error) return { alive: error.againMs !== undefined, ready: false, reason: error.message };
  if (status.stopped) return { alive: false, ready: false, reason: 'stopped' };
  if (status.waiting) return waiting(status.waiting.reason);
  if (status.destinationAway !== undefined) return waiting(status.destinationAway);
  if (status.phase === 'publish') return waiting('publishing');
  const still = standstill(elapsedMs - status.progressAtMs);
  if (still) return still;
  return status.phase === 'stream'
    ? { alive: true, ready: true, reason: 'following the stream' }
    : waiting(`phase ${status.phase}`);
}

function standstill(stillMs: number): Health | undefined {
  if (stillMs <= STANDSTILL_MS) return undefined;
  return { alive: false, ready: false, reason: `no progress for ${Math.floor(stillMs / 60_000)} minutes` };
}

function starting({ beganAtMs, awaited }: Parameters<typeof serviceHealth>[3], elapsedMs: number): Health {
  if (awaited !== undefined) return { alive: true, ready: false, reason: awaited };
  return standstill(elapsedMs - beganAtMs) ?? { alive: true, ready: false, reason: 'starting' };
}

/** Of a process with all its tables. */
export interface ServiceHealth {
  /** No pipeline is stuck. A service that is not alive should be restarted. */
  readonly alive: boolean;
  /** Every table is followed. */
  readonly ready: boolean;
  readonly tables: readonly (Health & { readonly table: string })[];
}

/**
 * A pipeline that an error has stopped is not for a restart to mend, and its metric raises the alarm: it does not make the
 * service unhealthy, which would stop the others too. When none is left the process ends by itself.
 * `start`: when pipelines could begin, on the local clock, and what they wait for until then.
 */
export function serviceHealth(
  tables: readonly string[],
  statuses: readonly PipelineStatus[],
  elapsedMs: number,
  start: { readonly beganAtMs: number; readonly awaited: string | undefined },
): ServiceHealth {
  const each = tables.map((table) => {
    const status = statuses.findLast(({ pipeline }) => tableOf(pipeline) === table);
    const state = status ? health(status, elapsedMs) : starting(start, elapsedMs);
    return { table, ...state, isForRestart: !state.alive && status?.error === undefined && !status?.stopped };
  });
  return {
    alive: !each.some(({ isForRestart }) => isForRestart),
    ready: each.every(({ ready }) => ready),
    tables: each.map(({ isForRestart: _, ...health }) => health),
  };
}
