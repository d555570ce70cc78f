import {
  METRIC_DIMENSIONS,
  METRIC_PERIOD_SECONDS,
  METRICS,
  type Metric,
} from '../../runtime/observe/metrics';

/** The dashboard as deterministic JSON. Pure. Source: CloudWatch API, "Dashboard Body Structure and Syntax". */

/** Whether a dashboard is created by default. */
export const DEFAULT_DASHBOARD = true;

export interface DashboardPlan {
  readonly region: string;
  readonly namespace: string;
  readonly replicator: string;
  /** Names of the source tables. */
  readonly tables: readonly string[];
  readonly logGroup: string;
  readonly cluster: string;
  readonly service: string;
  readonly alarmArns: readonly string[];
  /** Whether tables are verified on a schedule. */
  readonly verifies?: boolean;
}

interface Chart {
  readonly title: string;
  readonly metric: Metric;
  readonly statistic: 'Maximum' | 'Minimum' | 'Sum';
  /** A horizontal line across the chart. */
  readonly mark?: { readonly label: string; readonly value: number };
}

/** Charts with one line for each table. */
export const TABLE_CHARTS: readonly Chart[] = [
  { title: 'Lag', metric: METRICS.replicationLag, statistic: 'Maximum' },
  {
    title: 'Hours until stream data is lost',
    metric: METRICS.hoursUntilLoss,
    statistic: 'Minimum',
    mark: { label: 'lost', value: 0 },
  },
  { title: 'Stream records applied', metric: METRICS.recordsApplied, statistic: 'Sum' },
  { title: 'Rows loaded from exports', metric: METRICS.rowsLoaded, statistic: 'Sum' },
  { title: 'Age of the watermark', metric: METRICS.watermarkAge, statistic: 'Maximum' },
  { title: 'Open shards', metric: METRICS.openShards, statistic: 'Maximum' },
  { title: 'Dead letters', metric: METRICS.deadLetters, statistic: 'Sum' },
];

/** The same, with a schedule of verifies. */
export const VERIFY_CHARTS: readonly Chart[] = [
  { title: 'Differences found by the last verify', metric: METRICS.verifyDifferences, statistic: 'Maximum' },
  { title: 'Age of the last verify', metric: METRICS.verifyAge, statistic: 'Maximum' },
];

/** Metrics of problems, in one chart, with one line each. */
export const TROUBLE_METRICS: readonly Metric[] = [
  METRICS.gap,
  METRICS.healing,
  METRICS.backfillFailed,
  METRICS.pipelineFailed,
];

const WIDTH = 12;
const HEIGHT = 6;
const ALARM_HEIGHT = 3;

export function dashboardBody(plan: DashboardPlan): string {
  const charts = [
    ...[...TABLE_CHARTS, ...(plan.verifies ? VERIFY_CHARTS : [])].map((chart) => tableChart(plan, chart)),
    troubleChart(plan),
    taskChart(plan),
  ];
  const widgets = [
    {
      type: 'alarm',
      ...place(0, 0, 2 * WIDTH, ALARM_HEIGHT),
      properties: { alarms: [...plan.alarmArns].sort(), title: 'Alarms' },
    },
    ...charts.map((properties, index) => ({
      type: 'metric',
      ...place((index % 2) * WIDTH, ALARM_HEIGHT + Math.floor(index / 2) * HEIGHT, WIDTH, HEIGHT),
      properties,
    })),
    {
      type: 'log',
      ...place(0, ALARM_HEIGHT + Math.ceil(charts.length / 2) * HEIGHT, 2 * WIDTH, HEIGHT),
      properties: {
        query: `SOURCE '${plan.logGroup}' | fields @timestamp, level, msg | filter level in ["warn", "error"] | sort @timestamp desc | limit 50`,
        region: plan.region,
        title: 'Warnings and errors',
        view: 'table',
      },
    },
  ];
  return JSON.stringify({ widgets });
}

function tableChart(plan: DashboardPlan, { title, metric, statistic, mark }: Chart): object {
  const { replicator, table } = METRIC_DIMENSIONS;
  const metrics = [...plan.tables]
    .sort()
    .map((name) => [plan.namespace, metric.name, replicator, plan.replicator, table, name, { label: name }]);
  return {
    ...(mark && { annotations: { horizontal: [mark] } }),
    metrics,
    period: METRIC_PERIOD_SECONDS,
    region: plan.region,
    stat: statistic,
    title: `${title} (${metric.name})`,
    view: 'timeSeries',
  };
}

function troubleChart(plan: DashboardPlan): object {
  return {
    metrics: [...TROUBLE_METRICS, METRICS.heartbeat].map(({ name }) => [
      plan.namespace,
      name,
      METRIC_DIMENSIONS.replicator,
      plan.replicator,
    ]),
    period: METRIC_PERIOD_SECONDS,
    region: plan.region,
    stat: 'Maximum',
    title: 'Failures, gaps and the heartbeat',
    view: 'timeSeries',
  };
}

/** ECS's own metrics of the service. Source: Amazon ECS Developer Guide, "Amazon ECS CloudWatch metrics". */
function taskChart(plan: DashboardPlan): object {
  return {
    metrics: ['CPUUtilization', 'MemoryUtilization'].map((name) => [
      'AWS/ECS',
      name,
      'ClusterName',
      plan.cluster,
      'ServiceName',
      plan.service,
    ]),
    period: METRIC_PERIOD_SECONDS,
    region: plan.region,
    stat: 'Maximum',
    title: 'CPU and memory of the task, %',
    view: 'timeSeries',
  };
}

function place(x: number, y: number, width: number, height: number): object {
  return { height, width, x, y };
}
