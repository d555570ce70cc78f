import { AwsFault } from '../aws/faults';
import { ChangedByHand } from '../destinations/errors';
import { finalMessage, ReplicatorError } from '../errors';
import {
  ColumnsNotSettled,
  DataFileCorrupt,
  DataFileMissing,
  ExportFailed,
  ExportTokenTaken,
  ManifestRefused,
  ObjectChanged,
} from '../export/errors';
import type { FailedResync } from './checkpoint';
import { lostExport } from './heal/lost-export';
import { Gap } from '../stream/gap';
import { ExportLost } from './table-export';

/** A resync failed whose table follows the stream: the pipeline continues without it (rule P3). */
export class ResyncFailed extends ReplicatorError {
  readonly kind = 'retry';

  constructor(override readonly cause: Error) {
    const what = cause instanceof Gap ? `there is a gap: ${cause.explanation}.` : finalMessage(cause);
    const next =
      cause instanceof Gap
        ? 'The gap is to be healed first. Nothing of the resync is left in the destination. Once the table follows its stream again, run resync again.'
        : 'The table goes on following its stream, and nothing of the resync is left in the destination. You need not start the replicator ' +
          'again. Fix the cause, then run resync again.';
    super(`The resync failed: ${what}\n${next}`, { cause });
  }
}

/** The checkpoint is written with every commit. */
const LONGEST_MESSAGE = 1_000;

/** What is stored of a failed resync. @param at epoch ms */
export function recordOf({ cause }: ResyncFailed, at: number): FailedResync {
  const message = cause instanceof Gap ? cause.explanation : finalMessage(cause);
  const short = message.length <= LONGEST_MESSAGE ? message : `${message.slice(0, LONGEST_MESSAGE - 1)}…`;
  return { at, error: cause.name, message: short };
}

const OF_ITS_FILES = [ColumnsNotSettled, DataFileCorrupt, DataFileMissing, ManifestRefused, ObjectChanged];
const OF_THE_EXPORT = [ExportFailed, ExportTokenTaken, ...OF_ITS_FILES];

/**
 * Why only the load of a resync ends by this error, so that a table which follows the stream goes on (rule P3). `undefined`: it ends more
 * than that.
 */
export function failureOfResync(error: unknown): Error | undefined {
  if (error instanceof ExportLost) return error.cause instanceof Error ? error.cause : error;
  if (error instanceof AwsFault) return error.operation === 'DescribeTable' ? undefined : error;
  return OF_THE_EXPORT.some((kind) => error instanceof kind) ? (error as Error) : undefined;
}

/** Whether a load that stopped by this error would stop by it again: its export or its tables are damaged. */
export function onlyAnotherLoadHelps(error: unknown): boolean {
  return (
    lostExport(error) !== undefined ||
    error instanceof ColumnsNotSettled ||
    error instanceof ExportTokenTaken ||
    error instanceof ChangedByHand
  );
}
