import type { Counts } from './counters';
import type { METRICS } from './metrics';
import { hoursUntilLoss, type PipelineStatus } from './status';

/** Figures of one pipeline at one moment, by the keys of the metrics; unknown ones are left out. */
export type Readings = { readonly [Key in PipelineMetric]?: number };

/** All metrics except `heartbeat`, which belongs to the process. */
export type PipelineMetric = Exclude<keyof typeof METRICS, 'heartbeat'>;

/** A moment on both clocks. */
export interface Moment {
  /** On the local clock, as in `batchAtMs`. */
  readonly elapsedMs: number;
  /** AWS's time in epoch ms; undefined before its first response. */
  readonly now: number | undefined;
}

/** An idle pipeline stores its watermark more often than this. A longer pause means that it is stalled, which counts as lag. */
const QUIET_MS = 2 * 60_000;

const BACKFILL: readonly PipelineStatus['phase'][] = ['start', 'export', 'load', 'publish'];

/** The figures of a pipeline at a moment, from its status and its counts. */
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
    ...verifyReadings(status, moment),
    ...(status.openShards !== undefined && { openShards: status.openShards }),
    backfillFailed: Number(error !== undefined && error.kind !== 'gap' && BACKFILL.includes(status.phase)),
    gap: Number(hasGap),
    healing: Number(status.healing !== undefined),
    pipelineFailed: Number(error !== undefined),
    ...counts,
  };
}

function verifyReadings({ verifySchedule }: PipelineStatus, { now }: Moment): Readings {
  if (verifySchedule === undefined) return {};
  const { since, differences } = verifySchedule;
  return {
    ...(differences !== undefined && { verifyDifferences: differences }),
    ...(now !== undefined && { verifyAge: Math.max(0, now - since) }),
  };
}

/** The last batch's lag, plus the time since then if that is longer than a usual pause between batches. */
function lagOf({ lagMs, batchAtMs }: PipelineStatus, { elapsedMs }: Moment): number | undefined {
  if (lagMs === undefined || batchAtMs === undefined) return undefined;
  const since = elapsedMs - batchAtMs;
  return Math.round(since > QUIET_MS ? lagMs + since : lagMs);
}
