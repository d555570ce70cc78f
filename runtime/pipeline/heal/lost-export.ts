import { AwsFault } from '../../aws/faults';
import { DataFileCorrupt, DataFileMissing, ManifestRefused, ObjectChanged } from '../../export/errors';
import { isForgotten } from '../table-export';

/** S3's codes for an object that does not exist. A missing bucket has another one: exports into it would fail too. */
const MISSING_OBJECT = ['NoSuchKey', 'NotFound'];

/**
 * Why a heal can never finish with the exports that it has: AWS has lost one, or what it wrote is missing or damaged.
 * @returns `undefined`: the error says nothing about them, as when reading them is denied
 */
export function lostExport(error: unknown): string | undefined {
  if (isForgotten(error)) return 'AWS no longer has the export';
  if (error instanceof ManifestRefused)
    return isMissingBucket(error.cause) ? undefined : `${error.file} ${error.reason}`;
  if (error instanceof DataFileCorrupt)
    return `${error.file} does not match the export's manifest (${error.what})`;
  if (error instanceof DataFileMissing) return `${error.file} does not exist`;
  if (error instanceof ObjectChanged) return `${error.file} was replaced while it was being read`;
  return undefined;
}

/** Whether S3 says that an object does not exist, and not that reading it is denied. */
export function isMissingObject(error: unknown): boolean {
  return error instanceof AwsFault && error.operation === 'GetObject' && MISSING_OBJECT.includes(error.code);
}

function isMissingBucket(cause: unknown): boolean {
  return cause instanceof AwsFault && cause.code === 'NoSuchBucket';
}
