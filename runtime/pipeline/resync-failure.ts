import { AwsFault } from '../aws/faults';
import { finalMessage, ReplicatorError } from '../errors';
import {
  DataFileCorrupt,
  ExportFailed,
  ExportTokenTaken,
  ManifestRefused,
  ObjectChanged,
} from '../export/errors';

/** A resync failed whose table follows the stream: the pipeline continues without it (rule P3). */
export class ResyncFailed extends ReplicatorError {
  readonly kind = 'retry';

  constructor(override readonly cause: Error) {
    super(
      `The resync failed: ${finalMessage(cause)}\nReplication continues into the present rows, and nothing of the resync is left ` +
        `in the destination. Fix the cause, then run resync again.`,
      { cause },
    );
  }
}

const OF_THE_EXPORT = [DataFileCorrupt, ExportFailed, ExportTokenTaken, ManifestRefused, ObjectChanged];

/** Whether only the load fails by this error of it, so that a table which follows the stream goes on (rule P3). */
export function isOfTheExport(error: unknown): error is Error {
  if (error instanceof AwsFault) return error.operation !== 'DescribeTable';
  return OF_THE_EXPORT.some((kind) => error instanceof kind);
}
