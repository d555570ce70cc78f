import { AwsFault } from '../../aws/faults';
import { DataFileCorrupt, DataFileMissing, ManifestRefused, ObjectChanged } from '../../export/errors';
import { isForgotten } from '../table-export';

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

function isMissingBucket(cause: unknown): boolean {
  return cause instanceof AwsFault && cause.code === 'NoSuchBucket';
}
