import type { ExportWindow } from '../aws/services';

/** As AWS names it. */
export type ExportType = 'FULL_EXPORT' | 'INCREMENTAL_EXPORT';

const TYPES: Readonly<Record<ExportType, string>> = {
  FULL_EXPORT: 'a full one',
  INCREMENTAL_EXPORT: 'an incremental one',
};

/** One file of an export. */
export interface DataFile {
  /** Its full key in the bucket. */
  readonly key: string;
  readonly items: number;
  /** MD5 of the compressed bytes, base64. */
  readonly md5: string;
  /** As S3 returned it to the exporter. Not the MD5, as it was a multipart upload. */
  readonly etag: string | undefined;
}

/** What an export covers: the table at a time (epoch ms), or the changes of a window. */
export type Covered = number | ExportWindow;

export interface Summary {
  readonly exportArn: string;
  readonly tableId: string;
  readonly covered: Covered;
  readonly itemCount: number;
  readonly manifestFilesS3Key: string;
}

/**
 * Parses manifest-summary.json of an export in DynamoDB JSON.
 * Source: DynamoDB guide, "DynamoDB table export output format".
 * @param type the type that was requested
 * @throws Error whose message continues a sentence that begins with the file's name
 */
export function readSummary(text: string, type: ExportType): Summary {
  const summary = parseObject(text);
  const format = summary['outputFormat'];
  if (format !== 'DYNAMODB_JSON')
    throw new Error(`has the format ${JSON.stringify(format)}, not DYNAMODB_JSON`);
  // AWS does not write the type of a full export.
  const actual = summary['exportType'] ?? 'FULL_EXPORT';
  if (actual !== type)
    throw new Error(`belongs to an export of type ${JSON.stringify(actual)}, not to ${TYPES[type]}`);
  return {
    exportArn: textOf(summary, 'exportArn'),
    tableId: textOf(summary, 'tableId'),
    covered: type === 'FULL_EXPORT' ? timeOf(summary, 'exportTime') : windowOf(summary),
    itemCount: countOf(summary, 'itemCount'),
    manifestFilesS3Key: textOf(summary, 'manifestFilesS3Key'),
  };
}

function windowOf(summary: Record<string, unknown>): ExportWindow {
  const view = summary['outputView'];
  if (view !== 'NEW_AND_OLD_IMAGES')
    throw new Error(`has the view ${JSON.stringify(view)}, not NEW_AND_OLD_IMAGES`);
  return { from: timeOf(summary, 'exportFromTime'), to: timeOf(summary, 'exportToTime') };
}

/** Parses a line of manifest-files.json. @throws Error whose message continues a sentence that begins with the file's name */
export function readDataFile(line: string, folder: ManifestFolder): DataFile {
  const entry = parseObject(line);
  const etag = entry['etag'];
  return {
    key: folder.resolve(textOf(entry, 'dataFileS3Key')),
    items: countOf(entry, 'itemCount'),
    md5: textOf(entry, 'md5Checksum'),
    etag: typeof etag === 'string' ? etag : undefined,
  };
}

export interface ManifestFolder {
  /** The full key of an object that a manifest names by full key, below the export's prefix, or below this folder. */
  resolve(named: string): string;
}

/** The folder of an export, which has its manifest and the data of a full one. */
export function manifestFolder(summaryKey: string, prefix: string | undefined): ManifestFolder {
  return folderOf(parentOf(summaryKey), prefix);
}

/** The folder above it, where all incremental exports with the same prefix have their data. */
export function pooledFolder(summaryKey: string, prefix: string | undefined): ManifestFolder {
  return folderOf(parentOf(parentOf(summaryKey).slice(0, -1)), prefix);
}

const parentOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1);

function folderOf(folder: string, prefix: string | undefined): ManifestFolder {
  return {
    resolve: (named) => {
      if (named.startsWith(folder)) return named;
      const belowPrefix = `${prefix ?? ''}/${named}`;
      if (prefix !== undefined && belowPrefix.startsWith(folder)) return belowPrefix;
      return named.startsWith('data/') || !named.includes('/') ? folder + named : named;
    },
  };
}

export function siblingMd5(key: string): string {
  return key.replace(/\.json$/, '.md5');
}

function parseObject(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new Error('is not JSON', { cause: error });
  }
  if (typeof parsed !== 'object' || parsed === null) throw new Error('is not a JSON object');
  return parsed as Record<string, unknown>;
}

function textOf(fields: Record<string, unknown>, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string' || value === '') throw new Error(`has no ${name}`);
  return value;
}

/** Epoch ms. */
function timeOf(fields: Record<string, unknown>, name: string): number {
  const time = Date.parse(textOf(fields, name));
  if (Number.isNaN(time)) throw new Error(`has an ${name} that is not a time`);
  return time;
}

function countOf(fields: Record<string, unknown>, name: string): number {
  const value = fields[name];
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Error(`has no ${name}`);
  return value as number;
}
