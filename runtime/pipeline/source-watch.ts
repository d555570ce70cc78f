import { awsCommand, type CliFlags } from '../aws/cli-command';
import type { AwsServices, SourceTable } from '../aws/services';
import { AwsFault } from '../aws/faults';
import { ReplicatorError } from '../errors';
import { Gap } from '../stream/gap';
import type { Settings } from '../config';
import { endsResync, type PipelineState } from './checkpoint';
import type { GenerationRun } from './generation-run';
import { phaseOf } from './transitions';

const WATCH_MS = 30_000;

/** The table has the same name but another id: it is a different table and is reloaded (rule G1). */
export class TableReplaced extends ReplicatorError {
  readonly kind = 'gap';

  constructor(readonly table: string) {
    super(`Table ${table} was deleted and recreated. The replicator reloads it.`);
  }
}

/** The source table does not exist. */
export class TableGone extends ReplicatorError {
  readonly kind = 'fatal';

  constructor(
    readonly table: string,
    cli: CliFlags,
    options?: ErrorOptions,
  ) {
    super(
      `There is no table ${table} in ${cli.region}. The destination was not changed. Check the name and --region; ` +
        `list the tables with\n  ${awsCommand(cli, 'dynamodb list-tables')}`,
      options,
    );
  }
}

/**
 * A replicated table is gone, or was recreated without its stream or recovery, or with another key. The pipeline waits, as a
 * restart would not help.
 */
export class TableAwaited extends ReplicatorError {
  readonly kind = 'retry';

  /** @param words what the pipeline waits for, and what to do */
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
    `Table ${table} no longer exists in ${cli.region}. Its rows stay in the destination. When a table of that name exists again, ` +
    `the replicator loads it. If it is gone for good, remove it from the settings. To list the tables: ` +
    awsCommand(cli, 'dynamodb list-tables');
  return new TableAwaited(table, words, { cause });
}

/** @param lacks why the new table cannot be loaded, with the command or statement that helps */
export function awaitedFit(table: string, lacks: Error): TableAwaited {
  const words = `Table ${table} was deleted and recreated, and cannot be loaded yet. ${lacks.message}`;
  return new TableAwaited(table, words, { cause: lacks });
}

/** Whether an error shows that the table does not exist. */
export function isTableGone(error: unknown): boolean {
  if (error instanceof TableGone) return true;
  return (
    error instanceof AwsFault &&
    error.operation === 'DescribeTable' &&
    error.code === 'ResourceNotFoundException'
  );
}

/** Whether a request other than DescribeTable found no table: it may be gone, or too new for all of AWS to know it. */
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
 * Compares the present table with the checkpoint (rule G1).
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

/** What follows a gap of a published table (rule G3). */
const AFTER_GAP: Readonly<Record<Settings['onGap'], string>> = {
  heal: 'the replicator heals the gap from incremental exports',
  resync: 'the replicator reloads the table from a new export',
  wait: 'the replicator waits until you reload the table',
  exit: 'the table stops until you reload it',
};

function thenWith({ checkpoint }: PipelineState, onGap: Settings['onGap']): string {
  return phaseOf(checkpoint) === 'load' && !endsResync(checkpoint, onGap)
    ? 'the load begins again with a new export'
    : AFTER_GAP[onGap];
}

/** Describes the table every 30 seconds while the generation runs. @throws TableReplaced, TableGone, Gap, AwsFault */
export async function watchSource({
  context,
  committer,
  signal,
}: Pick<GenerationRun, 'context' | 'committer' | 'signal'>): Promise<void> {
  const { aws, clock, events, pipeline, settings } = context;
  let emitted = false;
  for (;;) {
    const table = await describeSource(aws, context.table.name, signal);
    requireSameSource(committer.current, table, aws.clock.now());
    const off = !table.stream?.enabled;
    if (off && !emitted) {
      events.emit('pipeline.waiting', {
        pipeline,
        reason:
          `the stream of ${table.name} is off. The records it still has are applied, but new changes are not captured. ` +
          `Turning it on again creates a new stream, and then ${thenWith(committer.current, settings.onGap)}`,
        until: undefined,
        lasts: true,
      });
    }
    emitted = off;
    await clock.sleep(WATCH_MS, signal);
  }
}
