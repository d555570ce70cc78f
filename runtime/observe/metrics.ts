/**
 * What the replicator measures for CloudWatch: names, units and dimensions, and nothing else, so that the program that
 * draws alarms and dashboards and the one that writes the figures cannot differ.
 */

/** Units as CloudWatch spells them. Source: Amazon CloudWatch API, MetricDatum, `Unit`. */
export type MetricUnit = 'Milliseconds' | 'Count' | 'None';

export interface Metric {
  readonly name: string;
  readonly unit: MetricUnit;
  /** For people: the dashboard and docs/OPERATIONS.md show it. */
  readonly meaning: string;
}

/** Namespace unless the settings name another. */
export const METRIC_NAMESPACE = 'DynamoDBReplicator';

/**
 * Every figure is written under `Replicator` alone, for alarms, and under `Replicator` and `Table`, for the dashboard.
 * `Heartbeat` has no table: it is the process's.
 */
export const METRIC_DIMENSIONS = { replicator: 'Replicator', table: 'Table' } as const;

/** Once a minute while the process runs, whatever its pipelines do. */
export const METRIC_PERIOD_SECONDS = 60;

const metric = <Name extends string>(name: Name, unit: MetricUnit, meaning: string) =>
  ({ name, unit, meaning }) as const satisfies Metric;

export const METRICS = {
  replicationLag: metric(
    'ReplicationLagMs',
    'Milliseconds',
    'Age of the oldest change that was read but is not committed yet; 0 when there is none.',
  ),
  hoursUntilLoss: metric(
    'HoursUntilLoss',
    'None',
    'Hours until DynamoDB drops stream records that are not applied yet; also written while a pipeline stands still.',
  ),
  heartbeat: metric('Heartbeat', 'Count', '1 each minute while the process runs.'),
  backfillFailed: metric(
    'BackfillFailed',
    'Count',
    '1 each minute while a backfill has failed and a person has to act, else 0.',
  ),
  gap: metric('Gap', 'Count', '1 each minute while stream records are lost and not healed, else 0.'),
  pipelineFailed: metric(
    'PipelineFailed',
    'Count',
    '1 each minute while a pipeline stands still because of an error or its table is gone, or cannot begin as its destination is away, else 0.',
  ),
  deadLetters: metric(
    'DeadLetters',
    'Count',
    'Items that the destination could not hold, kept whole in the dead-letter table since the last minute.',
  ),
  recordsApplied: metric('RecordsApplied', 'Count', 'Stream records committed since the last minute.'),
  rowsLoaded: metric('RowsLoaded', 'Count', 'Rows of an export committed since the last minute.'),
  watermarkAge: metric(
    'WatermarkAgeMs',
    'Milliseconds',
    'How far back everything written to the table has been applied; never under a minute.',
  ),
  openShards: metric('OpenShards', 'Count', 'Shards of the stream that are being written to.'),
} as const satisfies Record<string, Metric>;

/** How many metrics CloudWatch counts: each under its name, and all but the heartbeat under each table too. */
export function metricCount(tables: number): number {
  const ofAll = Object.keys(METRICS).length;
  return ofAll + (ofAll - 1) * tables;
}
