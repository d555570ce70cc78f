import { METRIC_PERIOD_SECONDS, METRICS, type Metric } from '../../runtime/observe/metrics';

/** The alarms, and when each fires. Pure; docs/OPERATIONS.md describes what to do about each. */

export interface Alarm {
  /** Last part of the alarm's name. */
  readonly key: string;
  readonly metric: Metric;
  readonly statistic: 'Maximum' | 'Minimum' | 'Sum';
  readonly comparison: 'GreaterThanThreshold' | 'LessThanThreshold' | 'GreaterThanOrEqualToThreshold';
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  /** Treatment of missing data. When the process is down, no metric is written: only `heartbeat-missing` fires, the others keep their state. */
  readonly missingData: 'breaching' | 'notBreaching' | 'ignore';
  readonly description: string;
}

/** Thresholds that can be set. */
export interface AlarmThresholds {
  /** Minutes. */
  readonly lagMinutes: number;
  /** Hours. */
  readonly hoursUntilLoss: number;
  /** Minutes without a heartbeat. */
  readonly heartbeatMinutes: number;
  /** Time between two scheduled verifies, in ms; without it there are none, and no alarms for them. */
  readonly verifyEveryMs?: number | undefined;
}

export const DEFAULT_THRESHOLDS: AlarmThresholds = {
  lagMinutes: 15,
  hoursUntilLoss: 12,
  heartbeatMinutes: 10,
};

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** @param isPaused whether no task runs, so that missing heartbeats are intended */
export function alarmsOf(thresholds: AlarmThresholds, isPaused = false): readonly Alarm[] {
  return [
    {
      key: 'lag',
      metric: METRICS.replicationLag,
      statistic: 'Maximum',
      comparison: 'GreaterThanThreshold',
      threshold: thresholds.lagMinutes * MINUTE_MS,
      periodSeconds: METRIC_PERIOD_SECONDS,
      evaluationPeriods: 5,
      missingData: 'ignore',
      description: `Changes reach the destination more than ${thresholds.lagMinutes} minutes late.`,
    },
    {
      key: 'data-loss-ahead',
      metric: METRICS.hoursUntilLoss,
      statistic: 'Minimum',
      comparison: 'LessThanThreshold',
      threshold: thresholds.hoursUntilLoss,
      periodSeconds: METRIC_PERIOD_SECONDS,
      evaluationPeriods: 3,
      // If the process dies while it is behind, the loss still comes closer: the alarm must keep its state.
      missingData: 'ignore',
      description: `Stream records will be lost in less than ${thresholds.hoursUntilLoss} hours unless they are applied.`,
    },
    {
      key: 'heartbeat-missing',
      metric: METRICS.heartbeat,
      statistic: 'Sum',
      comparison: 'LessThanThreshold',
      threshold: 1,
      periodSeconds: METRIC_PERIOD_SECONDS,
      evaluationPeriods: thresholds.heartbeatMinutes,
      missingData: isPaused ? 'notBreaching' : 'breaching',
      description: `No heartbeat from the replicator for ${thresholds.heartbeatMinutes} minutes.`,
    },
    whileItLasts('backfill-failed', METRICS.backfillFailed, 'A backfill has failed and needs a person.'),
    whileItLasts(
      'gap',
      METRICS.gap,
      'Stream records were lost before they were read. Until the gap is healed or the table resynced, its rows are out of date.',
    ),
    whileItLasts('pipeline-failed', METRICS.pipelineFailed, 'An error has stopped a pipeline.'),
    {
      key: 'dead-letters',
      metric: METRICS.deadLetters,
      statistic: 'Sum',
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      periodSeconds: 5 * METRIC_PERIOD_SECONDS,
      evaluationPeriods: 1,
      missingData: 'notBreaching',
      description: 'The destination cannot hold some items; they are kept whole in the dead-letter table.',
    },
    ...verifyAlarms(thresholds.verifyEveryMs),
  ];
}

/** A verify that fails is tried again at the next interval: one that is overdue has failed at least twice, or takes very long. */
function verifyAlarms(everyMs: number | undefined): readonly Alarm[] {
  if (everyMs === undefined) return [];
  const overdueMs = 2 * everyMs + Math.min(everyMs, 24 * HOUR_MS);
  return [
    whileItLasts(
      'verify-differences',
      METRICS.verifyDifferences,
      'The last verify found rows that differ from the source.',
    ),
    {
      key: 'verify-overdue',
      metric: METRICS.verifyAge,
      statistic: 'Maximum',
      comparison: 'GreaterThanThreshold',
      threshold: overdueMs,
      periodSeconds: METRIC_PERIOD_SECONDS,
      evaluationPeriods: 5,
      missingData: 'ignore',
      description: `No scheduled verify of a table has had a result for ${Number((overdueMs / HOUR_MS).toFixed(1))} hours.`,
    },
  ];
}

/** For a metric that is 1 each minute while the problem lasts. */
function whileItLasts(key: string, metric: Metric, description: string): Alarm {
  return {
    key,
    metric,
    statistic: 'Maximum',
    comparison: 'GreaterThanOrEqualToThreshold',
    threshold: 1,
    periodSeconds: METRIC_PERIOD_SECONDS,
    evaluationPeriods: 2,
    missingData: 'ignore',
    description,
  };
}
