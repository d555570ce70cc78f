import { tableOf } from './figures';
import type { AwsRetry, PipelineStatus } from './status';

/** A pipeline without progress for this long and without a known reason counts as stuck. */
export const STANDSTILL_MS = 5 * 60_000;

export interface Health {
  /** It makes progress, or waits for a known reason. */
  readonly alive: boolean;
  /** It follows the stream. */
  readonly ready: boolean;
  readonly reason: string;
}

/**
 * Health means progress, not that a process exists. Without progress a restart may help, unless the reason is outside.
 * @param elapsedMs the local clock, as in `progressAtMs`
 * @param retry the last failed AWS call for this table
 */
export function health(status: PipelineStatus, elapsedMs: number, retry?: AwsRetry): Health {
  const waiting = (reason: string): Health => ({ alive: true, ready: false, reason });
  const { error } = status;
  if (error) return { alive: error.againMs !== undefined, ready: false, reason: error.message };
  if (status.stopped) return { alive: false, ready: false, reason: 'stopped' };
  if (status.waiting) return waiting(status.waiting.reason);
  if (status.destinationUnreachable !== undefined) return waiting(status.destinationUnreachable);
  if (status.phase === 'publish') return waiting('publishing');
  const stillMs = elapsedMs - status.progressAtMs;
  if (stillMs > STANDSTILL_MS) {
    if (retry && elapsedMs - retry.againAtMs <= STANDSTILL_MS) return waiting(retry.message);
    const reason = `no progress for ${Math.floor(stillMs / 60_000)} minutes`;
    return { alive: false, ready: false, reason };
  }
  if (!status.follows) return waiting(`phase ${status.phase}`);
  const also = status.phase === 'stream' ? '' : `; phase ${status.phase} of a resync`;
  return { alive: true, ready: true, reason: `following the stream${also}` };
}

/** The health of a pipeline that has not begun: it retries describing its table without end, so a restart would change nothing. */
function starting(awaited: string | undefined, retry: AwsRetry | undefined): Health {
  return { alive: true, ready: false, reason: awaited ?? retry?.message ?? 'starting' };
}

/** The health of a process with all its tables. */
export interface ServiceHealth {
  /** No pipeline is stuck. Restart a service that is not alive: that may help. */
  readonly alive: boolean;
  /** Every table is followed. */
  readonly ready: boolean;
  readonly tables: readonly (Health & { readonly table: string })[];
}

/**
 * A restart does not fix a pipeline that an error has stopped, and its metric raises the alarm. So it does not make the service
 * unhealthy, which would stop the others too. When no pipeline is left, the process ends.
 * @param awaited what all pipelines wait for before they can begin
 * @param retries the last failed AWS call of each table
 */
export function serviceHealth(
  tables: readonly string[],
  statuses: readonly PipelineStatus[],
  elapsedMs: number,
  {
    awaited,
    retries,
  }: { readonly awaited: string | undefined; readonly retries: ReadonlyMap<string, AwsRetry> },
): ServiceHealth {
  const each = tables.map((table) => {
    const status = statuses.findLast(({ pipeline }) => tableOf(pipeline) === table);
    const retry = retries.get(table);
    const state = status ? health(status, elapsedMs, retry) : starting(awaited, retry);
    return { table, ...state, isForRestart: !state.alive && status?.error === undefined && !status?.stopped };
  });
  return {
    alive: !each.some(({ isForRestart }) => isForRestart),
    ready: each.every(({ ready }) => ready),
    tables: each.map(({ isForRestart: _, ...health }) => health),
  };
}
