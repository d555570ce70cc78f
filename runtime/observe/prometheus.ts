import { METRICS } from './metrics';
import type { PipelineMetric, Readings } from './readings';

/** A metric for Prometheus: times are in seconds, counts since the start. */
interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  /** Factor from the metric's unit. */
  readonly scale: number;
}

const gauge = (name: string, help: string, scale = 1): Family => ({
  name: `dynamodb_replicator_${name}`,
  type: 'gauge',
  help,
  scale,
});
const counter = (name: string, what: string): Family => ({
  name: `dynamodb_replicator_${name}_total`,
  type: 'counter',
  help: `${what} since the process started.`,
  scale: 1,
});
const MS = 0.001;
const HOURS = 3_600;

const FAMILIES: Readonly<Record<PipelineMetric, Family>> = {
  replicationLag: gauge('lag_seconds', METRICS.replicationLag.meaning, MS),
  hoursUntilLoss: gauge(
    'seconds_until_loss',
    'Seconds until DynamoDB drops stream records that are not yet applied.',
    HOURS,
  ),
  backfillFailed: gauge('backfill_failed', '1 while a backfill has failed and a person has to act.'),
  gap: gauge('gap', '1 while stream records are lost, not yet reloaded, and no heal is running.'),
  healing: gauge('healing', '1 while a gap is being healed.'),
  pipelineFailed: gauge('pipeline_failed', '1 while an error has stopped the pipeline.'),
  deadLetters: counter('dead_letters', 'Items that the destination could not hold'),
  recordsApplied: counter('records_applied', 'Stream records committed'),
  rowsLoaded: counter('rows_loaded', 'Rows of exports committed'),
  watermarkAge: gauge('watermark_age_seconds', METRICS.watermarkAge.meaning, MS),
  openShards: gauge('open_shards', METRICS.openShards.meaning),
  verifyDifferences: gauge('verify_differences', METRICS.verifyDifferences.meaning),
  verifyAge: gauge('verify_age_seconds', METRICS.verifyAge.meaning, MS),
};

/**
 * The figures of all tables in Prometheus's text format.
 * Source: Prometheus, "Exposition formats", text-based format 0.0.4.
 */
export function prometheusText(
  tables: readonly { readonly table: string; readonly readings: Readings }[],
): string {
  return (Object.entries(FAMILIES) as [PipelineMetric, Family][])
    .map(([key, { name, type, help, scale }]) => {
      const samples = tables.flatMap(({ table, readings }) => {
        const value = readings[key];
        return value === undefined
          ? []
          : [`${name}{table="${escaped(table)}"} ${Number((value * scale).toPrecision(15))}\n`];
      });
      return samples.length === 0
        ? ''
        : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${samples.join('')}`;
    })
    .join('');
}

const escaped = (label: string): string =>
  label.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
