import type { Counts } from './counters';
import type { METRICS } from './metrics';
import { hoursUntilLoss, type PipelineStatus } from './status';

/** Figures of one pipeline at one moment, by the keys of the metrics; what is not known is left out. */
export type Readings = { readonly [Key in PipelineMetric]?: number };

/** `heartbeat` is the process's. */
export type PipelineMetric = Exclude<keyof typeof METRICS, 'heartbeat'>;

/** The moment. */
export interface Moment {
  /** On the local clock, as in `batchAtMs`. */
  readonly elapsedMs: number;
  /** The service's time, epoch ms; undefined before its first answer. */
  readonly now: number | undefined;
}

/** An idle pipeline stores its watermark more often than that; when it does not, it stands still, and that is lag. */
const QUIET_MS = 2 * 60_000;

const BACKFILL: readonly PipelineStatus['phase'][] = ['start', 'export', 'load', 'publish'];

/** What a pipeline's status says at a moment, and what it has counted up to it. */
export function readingsOf(status: PipelineStatus, counts: Counts, moment: Moment): Readings {
  const { watermark, error, hasGap } = status;
  const known = watermark !== undefined && Number.isFinite(watermark) ? watermark : undefined;
  const lag = lagOf(status, moment);
  return {
    ...(lag !== undefined && { replicationLag: lag }),
    ...(known !== undefined &&
      moment.now !== undefined && {
        hoursUntilLoss: Math.max(0, hoursUntilLoss(known, moment.now)),
        watermarkAge: Math.max(0, moment.now - known),
      }),
    ...(status.openShards !== undefined && { openShards: status.openShards }),
    backfillFailed: Number(error !== undefined && error.kind !== 'gap' && BACKFILL.includes(status.phase)),
    gap: Number(hasGap),
    pipelineFailed: Number(error !== undefined),
    ...counts,
  };
}

/** The last batch's lag, and the time since where that is more than the pause between two batches. */
function lagOf({ lagMs, batchAtMs }: PipelineStatus, { elapsedMs }: Moment): number | undefined {
  if (lagMs === undefined || batchAtMs === undefined) return undefined;
  const since = elapsedMs - batchAtMs;
  return Math.round(since > QUIET_MS ? lagMs + since : lagMs);
}
