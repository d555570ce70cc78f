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

export interface Summary {
  readonly exportArn: string;
  readonly tableId: string;
  /** Epoch ms. */
  readonly exportTime: number;
  readonly itemCount: number;
  readonly manifestFilesS3Key: string;
}

/**
 * Parses manifest-summary.json of a full export in DynamoDB JSON.
 * Source: DynamoDB guide, "DynamoDB table export output format".
 * @throws Error whose message continues a sentence that begins with the file's name
 */
export function readSummary(text: string): Summary {
  const summary = parseObject(text);
  const format = summary['outputFormat'];
  if (format !== 'DYNAMODB_JSON')
    throw new Error(`has the format ${JSON.stringify(format)}, not DYNAMODB_JSON`);
  const type = summary['exportType'] ?? 'FULL_EXPORT';
  if (type !== 'FULL_EXPORT')
    throw new Error(`belongs to an export of type ${JSON.stringify(type)}, not to a full one`);
  const exportTime = Date.parse(textOf(summary, 'exportTime'));
  if (Number.isNaN(exportTime)) throw new Error('has an exportTime that is not a time');
  return {
    exportArn: textOf(summary, 'exportArn'),
    tableId: textOf(summary, 'tableId'),
    exportTime,
    itemCount: countOf(summary, 'itemCount'),
    manifestFilesS3Key: textOf(summary, 'manifestFilesS3Key'),
  };
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
  /** The full key of an object that a manifest names by full key, below the export's prefix, or below the manifest's folder. */
  resolve(named: string): string;
}

export function manifestFolder(summaryKey: string, prefix: string | undefined): ManifestFolder {
  const folder = summaryKey.slice(0, summaryKey.lastIndexOf('/') + 1);
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

function countOf(fields: Record<string, unknown>, name: string): number {
  const value = fields[name];
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Error(`has no ${name}`);
  return value as number;
}
