import { METRIC_PERIOD_SECONDS, METRICS, type Metric } from '../../runtime/observe/metrics';

/** Which alarms there are and when each goes off. Pure; docs/OPERATIONS.md says what to do about each. */

export interface Alarm {
  /** Last part of its name. */
  readonly key: string;
  readonly metric: Metric;
  readonly statistic: 'Maximum' | 'Minimum' | 'Sum';
  readonly comparison: 'GreaterThanThreshold' | 'LessThanThreshold' | 'GreaterThanOrEqualToThreshold';
  readonly threshold: number;
  readonly periodSeconds: number;
  readonly evaluationPeriods: number;
  /** What silence means. Without the process nothing is written: `heartbeat` alone says so, the others wait. */
  readonly missingData: 'breaching' | 'notBreaching' | 'ignore';
  readonly description: string;
}

/** What may be set. */
export interface AlarmThresholds {
  /** Minutes. */
  readonly lagMinutes: number;
  /** Hours. */
  readonly hoursUntilLoss: number;
  /** Minutes without a sign of life. */
  readonly heartbeatMinutes: number;
}

export const DEFAULT_THRESHOLDS: AlarmThresholds = {
  lagMinutes: 15,
  hoursUntilLoss: 12,
  heartbeatMinutes: 10,
};

const MINUTE_MS = 60_000;

export function alarmsOf(thresholds: AlarmThresholds): readonly Alarm[] {
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
      // When the process dies while it is behind, the danger grows unseen: the alarm stays as it was.
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
      missingData: 'breaching',
      description: `The replicator has given no sign of life for ${thresholds.heartbeatMinutes} minutes.`,
    },
    standing('backfill-failed', METRICS.backfillFailed, 'A backfill has failed and needs a person.'),
    standing(
      'gap',
      METRICS.gap,
      'Stream records were lost before they were read; the table has to be loaded anew.',
    ),
    standing('pipeline-failed', METRICS.pipelineFailed, 'A pipeline stands still because of an error.'),
    {
      key: 'dead-letters',
      metric: METRICS.deadLetters,
      statistic: 'Sum',
      comparison: 'GreaterThanOrEqualToThreshold',
      threshold: 1,
      periodSeconds: 5 * METRIC_PERIOD_SECONDS,
      evaluationPeriods: 1,
      missingData: 'notBreaching',
      description: 'Items came that the destination cannot hold; they are kept in the dead-letter table.',
    },
  ];
}

/** For a metric that is 1 each minute as long as the trouble lasts. */
function standing(key: string, metric: Metric, description: string): Alarm {
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
