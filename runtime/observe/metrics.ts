/**
 * The metrics in CloudWatch: only their names, units and dimensions. The stack, which defines alarms and dashboards, and the
 * replicator, which writes the figures, both use this list, so that they cannot differ.
 */

/** Units as CloudWatch spells them. Source: Amazon CloudWatch API, MetricDatum, `Unit`. */
export type MetricUnit = 'Milliseconds' | 'Count' | 'None';

export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  /** For people. */
  readonly meaning: string;
}

/** The default namespace. */
export const METRIC_NAMESPACE = 'DynamoDBReplicator';

/**
 * Every figure is written under `Replicator` only, for alarms, and under `Replicator` and `Table`, for the dashboard.
 * `Heartbeat` belongs to the process and has no table.
 */
export const METRIC_DIMENSIONS = { replicator: 'Replicator', table: 'Table' } as const;

/** Metrics are written once a minute while the process runs, whatever its pipelines do. */
export const METRIC_PERIOD_SECONDS = 60;

const metric = <Name extends string>(name: Name, unit: MetricUnit, meaning: string) =>
  ({ name, unit, meaning }) as const satisfies Metric;

export const METRICS = {
  replicationLag: metric(
    'ReplicationLagMs',
    'Milliseconds',
    'Age of the oldest change that was read but not yet committed; 0 when there is none.',
  ),
  hoursUntilLoss: metric(
    'HoursUntilLoss',
    'None',
    'Hours until DynamoDB drops stream records that are not yet applied; also written while a pipeline is stopped.',
  ),
  heartbeat: metric('Heartbeat', 'Count', '1 each minute while the process runs.'),
  backfillFailed: metric(
    'BackfillFailed',
    'Count',
    '1 each minute while a backfill has failed and a person has to act, else 0.',
  ),
  gap: metric(
    'Gap',
    'Count',
    '1 each minute while stream records are lost, not yet reloaded, and no heal is running, else 0.',
  ),
  healing: metric('Healing', 'Count', '1 each minute while a gap is being healed, else 0.'),
  pipelineFailed: metric(
    'PipelineFailed',
    'Count',
    '1 each minute while an error has stopped a pipeline, its table is gone, or it cannot begin because its destination does not answer, else 0.',
  ),
  deadLetters: metric(
    'DeadLetters',
    'Count',
    'Items since the last minute that the destination could not hold; they are kept whole in the dead-letter table.',
  ),
  recordsApplied: metric('RecordsApplied', 'Count', 'Stream records committed since the last minute.'),
  rowsLoaded: metric('RowsLoaded', 'Count', 'Rows of an export committed since the last minute.'),
  watermarkAge: metric(
    'WatermarkAgeMs',
    'Milliseconds',
    'Age of the time up to which every write to the table has been applied; never under a minute.',
  ),
  openShards: metric('OpenShards', 'Count', 'Shards of the stream that are being written to.'),
  verifyDifferences: metric(
    'VerifyDifferences',
    'Count',
    'Keys that differed in the last verify; written only with a schedule (`verify.every`).',
  ),
  verifyAge: metric(
    'VerifyAgeMs',
    'Milliseconds',
    'Time since a verify last had a result, or since the publish if none has had one; written only with a schedule (`verify.every`).',
  ),
} as const satisfies Record<string, Metric>;

/** Written only while tables are verified on a schedule. */
export const VERIFY_METRICS: readonly Metric[] = [METRICS.verifyDifferences, METRICS.verifyAge];

/**
 * The number of metrics that CloudWatch counts: one for each name, and all except the heartbeat for each table too.
 * @param verifies whether tables are verified on a schedule
 */
export function metricCount(tables: number, verifies: boolean): number {
  const ofAll = Object.keys(METRICS).length - (verifies ? 0 : VERIFY_METRICS.length);
  return ofAll + (ofAll - 1) * tables;
}
