import type { Counts } from './counters';
import { type Metric, METRIC_DIMENSIONS, METRICS } from './metrics';
import type { PipelineMetric, Readings } from './readings';

/** Where CloudWatch files the figures. */
export interface MetricsOwner {
  readonly namespace: string;
  /** Value of the dimension `Replicator`. */
  readonly replicator: string;
}

/**
 * Figures as log lines from which CloudWatch extracts metrics: one JSON object a line, which names its own metrics.
 * Source: Amazon CloudWatch User Guide, "Specification: Embedded metric format".
 */

/** The line that shows that the process runs. @param timestamp epoch ms */
export function heartbeatLine(owner: MetricsOwner, timestamp: number): string {
  return line(owner, timestamp, {}, [[METRIC_DIMENSIONS.replicator]], [[METRICS.heartbeat, 1]]);
}

/** The line for a destination that does not answer at the start, so that no pipeline can begin. Nothing else raises an alarm then. */
export function awaitingLine(owner: MetricsOwner, timestamp: number): string {
  return line(owner, timestamp, {}, [[METRIC_DIMENSIONS.replicator]], [[METRICS.pipelineFailed, 1]]);
}

/** The figures of one table; its counts are those since its last line. */
export function tableLine(owner: MetricsOwner, timestamp: number, table: string, readings: Readings): string {
  const { replicator, table: byTable } = METRIC_DIMENSIONS;
  const figures = (Object.entries(readings) as [PipelineMetric, number][]).map(
    ([key, value]) => [METRICS[key], value] as const,
  );
  return line(owner, timestamp, { [byTable]: table }, [[replicator], [replicator, byTable]], figures);
}

/** The difference of two counts. */
export function since(earlier: Counts, later: Counts): Counts {
  return {
    recordsApplied: later.recordsApplied - earlier.recordsApplied,
    rowsLoaded: later.rowsLoaded - earlier.rowsLoaded,
    deadLetters: later.deadLetters - earlier.deadLetters,
  };
}

function line(
  { namespace, replicator }: MetricsOwner,
  timestamp: number,
  dimensions: Readonly<Record<string, string>>,
  sets: readonly (readonly string[])[],
  figures: readonly (readonly [Metric, number])[],
): string {
  const Metrics = figures.map(([{ name, unit }]) => ({ Name: name, Unit: unit }));
  return JSON.stringify({
    _aws: {
      Timestamp: Math.floor(timestamp),
      CloudWatchMetrics: [{ Namespace: namespace, Dimensions: sets, Metrics }],
    },
    event: 'metrics',
    [METRIC_DIMENSIONS.replicator]: replicator,
    ...dimensions,
    ...Object.fromEntries(figures.map(([{ name }, value]) => [name, value])),
  });
}
