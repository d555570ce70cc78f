import { awsCommand, type CliFlags } from '../aws/cli-command';
import type { AwsServices, SourceTable } from '../aws/services';
import { AwsFault } from '../aws/faults';
import { ReplicatorError } from '../errors';
import { Gap } from '../stream/gap';
import type { PipelineState } from './checkpoint';
import type { GenerationRun } from './generation-run';

const WATCH_MS = 30_000;

/** A table of the same name with another id: a different table, which is loaded anew (rule G1). */
export class TableReplaced extends ReplicatorError {
  readonly kind = 'gap';

  constructor(readonly table: string) {
    super(`Table ${table} was deleted and made again: it is another table now and is loaded anew.`);
  }
}

/** The source table is gone. */
export class TableGone extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly table: string,
    cli: CliFlags,
    options?: ErrorOptions,
  ) {
    super(
      `There is no table ${table} in ${cli.region} (any more). The destination is left as it is. Check the name and --region; ` +
        `see the tables with\n  ${awsCommand(cli, 'dynamodb list-tables')}`,
      options,
    );
  }
}

/**
 * A table that was replicated is gone, or lacks something since it was made again. The pipeline waits for it: nothing that a restart
 * could change.
 */
export class TableAwaited extends ReplicatorError {
  readonly kind = 'retry';

  /** @param words what is waited for, and what to do */
  constructor(
    readonly table: string,
    words: string,
    options?: ErrorOptions,
  ) {
    super(words, options);
  }
}

export function awaitedBack(table: string, cli: CliFlags, cause: unknown): TableAwaited {
  const words =
    `Table ${table} no longer exists in ${cli.region}. Its rows in the destination are left as they are. Once there is a table of ` +
    `that name again, it is loaded by itself. If it is gone for good, take it out of the settings. The tables there: ` +
    awsCommand(cli, 'dynamodb list-tables');
  return new TableAwaited(table, words, { cause });
}

/** @param lacks what the new table lacks, with the command that turns it on */
export function awaitedFit(table: string, lacks: Error): TableAwaited {
  const words = `Table ${table} was deleted and made again, and cannot be loaded yet. ${lacks.message}`;
  return new TableAwaited(table, words, { cause: lacks });
}

/** Whether an error says that the table does not exist. */
export function isTableGone(error: unknown): boolean {
  if (error instanceof TableGone) return true;
  return (
    error instanceof AwsFault &&
    error.operation === 'DescribeTable' &&
    error.code === 'ResourceNotFoundException'
  );
}

/** Whether another request found no table: it may be gone, or so new that not all of AWS knows it. */
export function isTableMissed(error: unknown): error is AwsFault {
  return error instanceof AwsFault && error.code === 'TableNotFoundException';
}

/** @throws TableGone, AwsFault */
export async function describeSource(
  aws: AwsServices,
  table: string,
  signal?: AbortSignal,
): Promise<SourceTable> {
  try {
    return await aws.describeTable(table, signal);
  } catch (error) {
    if (error instanceof AwsFault && error.code === 'ResourceNotFoundException') {
      throw new TableGone(table, aws.cli, { cause: error });
    }
    throw error;
  }
}

/**
 * Holds what the table is now against what the checkpoint says (rule G1).
 * @throws TableReplaced, Gap
 */
export function requireSameSource(
  { checkpoint, graph }: PipelineState,
  table: SourceTable,
  now: number,
): void {
  if (table.id !== checkpoint.tableId) throw new TableReplaced(table.name);
  if (table.stream !== undefined && table.stream.arn !== checkpoint.streamArn) {
    throw new Gap('stream replaced', graph.watermark(), now);
  }
}

/** Looks at the table every 30 seconds for as long as the generation lasts. @throws TableReplaced, TableGone, Gap, AwsFault */
export async function watchSource({
  context,
  committer,
  signal,
}: Pick<GenerationRun, 'context' | 'committer' | 'signal'>): Promise<void> {
  const { aws, clock, events, pipeline } = context;
  let emitted = false;
  for (;;) {
    const table = await describeSource(aws, context.table.name, signal);
    requireSameSource(committer.current, table, aws.clock.now());
    const off = !table.stream?.enabled;
    if (off && !emitted) {
      events.emit('pipeline.waiting', {
        pipeline,
        reason:
          `the stream of ${table.name} is off: what it holds is applied, new changes are not seen. When it is turned ` +
          `on again it is another stream, and the table has to be loaded anew`,
        until: undefined,
      });
    }
    emitted = off;
    await clock.sleep(WATCH_MS, signal);
  }
}
