import { quoted } from '../aws/cli-command';
import type { ConnectionSettings } from '../config';
import { ReplicatorError, withResync } from '../errors';
import type { PipelineContext } from './context';

/** The command that reloads a table, with the settings in use. A setting that is not known here is left for the user: `…`. */
export function resyncCommand(table: string, settings: ConnectionSettings): string {
  return ['dynamodb-replicator resync', ...flagsFor(table, settings)].join(' ');
}

/** The command that compares a table with its source, in the same way. */
export function verifyCommand(table: string, settings: ConnectionSettings): string {
  return ['dynamodb-replicator verify', ...flagsFor(table, settings)].join(' ');
}

function flagsFor(table: string, settings: ConnectionSettings): readonly string[] {
  const { bucket, to, region, profile, endpoint, clockRate } = settings;
  return Object.entries({
    table,
    bucket: bucket === undefined ? '…' : [bucket.name, bucket.prefix].filter(Boolean).join('/'),
    to: to ?? '…',
    region,
    profile,
    endpoint,
    'clock-rate': clockRate === 1 ? undefined : String(clockRate),
  }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${value === '…' ? value : quoted(value)}`],
  );
}

/** Completes the command in the message of an error that stops a pipeline. Returns the error. */
export function completeResync(
  error: unknown,
  { settings, table }: Pick<PipelineContext, 'settings' | 'table'>,
): unknown {
  if (error instanceof ReplicatorError)
    error.message = withResync(error.message, () => resyncCommand(table.name, settings));
  return error;
}
