import { awsCommand, type CliFlags, turnOffStream, turnOnRecovery, turnOnStream } from '../aws/cli-command';
import { AwsFault } from '../aws/faults';
import type { AwsServices, SourceTable } from '../aws/services';
import { ReplicatorError } from '../errors';

const EXPIRED = 'ExpiredIteratorException';

/** The view types whose records contain the item after the change. */
export const USABLE_VIEW_TYPES: readonly string[] = ['NEW_IMAGE', 'NEW_AND_OLD_IMAGES'];

/** The table's stream is off. */
export class StreamDisabled extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly table: string,
    cli: CliFlags,
  ) {
    super(
      `The stream of table ${table} is off. Turn it on with\n` + `  ${awsCommand(cli, turnOnStream(table))}`,
    );
  }
}

/** The stream's records lack the new item (AWS Developer Guide, "Change data capture for DynamoDB Streams"). */
export class StreamViewTypeUnusable extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly table: string,
    readonly viewType: string | undefined,
    cli: CliFlags,
  ) {
    super(
      `The stream of table ${table} has view type ${viewType ?? 'unknown'}, whose records lack the new item. A stream's view ` +
        `type cannot be changed: turn the stream off, then on again with NEW_IMAGE or NEW_AND_OLD_IMAGES (other readers have ` +
        `to switch to the new stream):\n` +
        `  ${awsCommand(cli, turnOffStream(table))}\n` +
        `  ${awsCommand(cli, turnOnStream(table))}`,
    );
  }
}

/** Point-in-time recovery is off, so the table cannot be exported. */
export class PointInTimeRecoveryDisabled extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly table: string,
    cli: CliFlags,
  ) {
    super(
      `Point-in-time recovery of table ${table} is off, and the export needs it. Turn it on with\n` +
        `  ${awsCommand(cli, turnOnRecovery(table))}`,
    );
  }
}

/** Whether a table lacks something that replication needs. */
export function isUnfit(error: unknown): error is Error {
  return (
    error instanceof StreamDisabled ||
    error instanceof StreamViewTypeUnusable ||
    error instanceof PointInTimeRecoveryDisabled
  );
}

/** A table with a stream that can be read. */
export interface ReadableTable extends SourceTable {
  readonly stream: NonNullable<SourceTable['stream']>;
}

/** @throws StreamDisabled, StreamViewTypeUnusable */
export function requireReadable(table: SourceTable, cli: CliFlags): ReadableTable {
  const { stream } = table;
  if (!stream?.enabled) throw new StreamDisabled(table.name, cli);
  if (stream.viewType === undefined || !USABLE_VIEW_TYPES.includes(stream.viewType)) {
    throw new StreamViewTypeUnusable(table.name, stream.viewType, cli);
  }
  return { ...table, stream };
}

/** The table, fit for a backfill and for following. @throws StreamDisabled, StreamViewTypeUnusable, PointInTimeRecoveryDisabled, AwsFault */
export async function readSource(
  aws: AwsServices,
  table: string,
  signal: AbortSignal,
): Promise<ReadableTable> {
  const source = requireReadable(await aws.describeTable(table, signal), aws.cli);
  const recovery = await aws.describePointInTimeRecovery(table, signal);
  if (!recovery.enabled) throw new PointInTimeRecoveryDisabled(table, aws.cli);
  return source;
}

/**
 * Lists a stream and reads a record of it, only to check the permissions: a missing one is reported before an export is
 * paid for. Ignores a shard that disappears meanwhile; the poller deals with that.
 * @throws AwsFault
 */
export async function readStreamOnce(
  aws: AwsServices,
  streamArn: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    const { shards } = await aws.describeStream(streamArn, {}, signal);
    const newest = shards.at(-1);
    if (newest === undefined) return;
    const iterator = await aws.getShardIterator(streamArn, newest.id, 'TRIM_HORIZON', signal);
    await aws.getRecords(iterator, 1, signal);
  } catch (error) {
    const isGone = error instanceof AwsFault && (error.kind === 'gap' || error.code === EXPIRED);
    if (!isGone) throw error;
  }
}

/** `<account>/<region>/<table>`, from an ARN `arn:<partition>:dynamodb:<region>:<account>:table/<name>`. */
export function pipelineId(tableArn: string): string {
  const [, , , region = '', account = '', resource = ''] = tableArn.split(':');
  return `${account}/${region}/${resource.replace(/^table\//, '')}`;
}
