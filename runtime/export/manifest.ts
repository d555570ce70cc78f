import { createHash } from 'node:crypto';
import { AwsFault } from '../aws/faults';
import type { AwsServices, ExportDescription, ExportWindow } from '../aws/services';
import { type Clock, LocalClock } from '../clock';
import { ManifestRefused } from './errors';
import { hashed } from './hashed';
import { countLines, LineTooLong, wholeLines } from './lines';
import {
  type Covered,
  type DataFile,
  type ExportType,
  manifestFolder,
  pooledFolder,
  readDataFile,
  readSummary,
  siblingMd5,
  type Summary,
} from './manifest-text';
import { readObject } from './object-reader';

export type { DataFile } from './manifest-text';

/** A damaged response may be a network error. After this many, the manifest itself is damaged (row 30). */
const ATTEMPTS = 3;
const BLOCK_BYTES = 256 * 1024;
const LONGEST_LINE_BYTES = 1024 * 1024;

/** The content of a completed export. */
export interface Manifest {
  readonly exportArn: string;
  readonly bucket: string;
  readonly tableId: string;
  /** Epoch ms; undefined for an incremental export. */
  readonly exportTime: number | undefined;
  /** Undefined for a full export. */
  readonly window: ExportWindow | undefined;
  readonly itemCount: number;
  readonly files: readonly DataFile[];
}

/**
 * Reads the manifest of a completed export: the summary and the list of files. Checks each against its `.md5`, the files' item
 * counts against the summary's (rule X1), and what the summary says the export covers against the request (rules A3, G3).
 * Source: DynamoDB guide, "DynamoDB table export output format" (the checksum objects end in `.md5`).
 * @param asked the ExportTime of the request (epoch ms), or its window
 * @throws ManifestRefused after three attempts
 * @throws AwsFault
 */
export async function readManifest(
  aws: AwsServices,
  description: ExportDescription,
  asked: Covered,
  signal?: AbortSignal,
  clock: Clock = new LocalClock(),
): Promise<Manifest> {
  const reader = new ManifestReader(aws, description, asked, clock, signal);
  for (let attempt = 1; ; attempt++) {
    try {
      return await reader.read();
    } catch (error) {
      if (!(error instanceof ManifestRefused) || attempt === ATTEMPTS) throw error;
    }
  }
}

class ManifestReader {
  constructor(
    private readonly aws: AwsServices,
    private readonly description: ExportDescription,
    private readonly asked: Covered,
    private readonly clock: Clock,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async read(): Promise<Manifest> {
    const { arn, bucket } = this.description;
    const summaryKey = this.summaryKey();
    const summary = await this.summary(summaryKey);
    const filesKey = manifestFolder(summaryKey, this.description.prefix).resolve(summary.manifestFilesS3Key);
    const files = await this.files(filesKey, summaryKey);
    const listed = files.reduce((sum, file) => sum + file.items, 0);
    if (listed !== summary.itemCount) {
      this.refuse(
        filesKey,
        `lists files with ${listed} items in total, but the summary has ${summary.itemCount}`,
      );
    }
    const { tableId, itemCount, covered } = summary;
    return { exportArn: arn, bucket, tableId, ...contentOf(covered), itemCount, files };
  }

  private get type(): ExportType {
    return typeof this.asked === 'number' ? 'FULL_EXPORT' : 'INCREMENTAL_EXPORT';
  }

  /** The key from DescribeExport; without one, the key by the folder's layout. */
  private summaryKey(): string {
    const { arn, manifestKey, prefix } = this.description;
    if (manifestKey !== undefined) return manifestKey;
    const folder = `AWSDynamoDB/${arn.slice(arn.lastIndexOf('/') + 1)}`;
    return `${prefix === undefined ? '' : `${prefix}/`}${folder}/manifest-summary.json`;
  }

  private async summary(key: string): Promise<Summary> {
    const chunks: Uint8Array[] = [];
    await this.checked(key, async (bytes) => {
      for await (const chunk of bytes) chunks.push(chunk);
    });
    const summary = this.understood(key, () =>
      readSummary(Buffer.concat(chunks).toString('utf8'), this.type),
    );
    const { arn, tableId } = this.description;
    if (summary.exportArn !== arn)
      this.refuse(key, `belongs to the export ${summary.exportArn}, not to ${arn}`);
    if (tableId !== undefined && summary.tableId !== tableId) {
      this.refuse(key, `belongs to the table with id ${summary.tableId}, not ${tableId}`);
    }
    const [actual, asked] = [summary.covered, this.asked].map(textOfCovered);
    if (actual !== asked) {
      this.refuse(key, `is from ${actual}, not from the requested time ${asked}`);
    }
    return summary;
  }

  /** Parses while reading, so the text of a manifest of a hundred thousand files is never in memory as a whole. */
  private async files(key: string, summaryKey: string): Promise<DataFile[]> {
    const folderOf = this.type === 'FULL_EXPORT' ? manifestFolder : pooledFolder;
    const folder = folderOf(summaryKey, this.description.prefix);
    const files = new Map<string, DataFile>();
    let lines = 0;
    await this.checked(key, async (bytes) => {
      for await (const block of wholeLines(bytes, BLOCK_BYTES, LONGEST_LINE_BYTES)) {
        lines += countLines(block);
        const texts = Buffer.from(block.buffer, block.byteOffset, block.byteLength - 1)
          .toString('utf8')
          .split('\n');
        for (const text of texts) {
          const file = this.understood(key, () => readDataFile(text, folder));
          files.set(file.key, file);
        }
      }
    });
    if (files.size !== lines) this.refuse(key, 'lists a file twice');
    return [...files.values()];
  }

  /** Passes an object's bytes to `read`, then compares them with its `.md5` object. */
  private async checked(
    key: string,
    read: (bytes: AsyncIterable<Uint8Array>) => Promise<void>,
  ): Promise<void> {
    const expected = await this.md5(siblingMd5(key));
    const hash = createHash('md5');
    try {
      await read(hashed(this.object(key), hash));
    } catch (error) {
      if (error instanceof LineTooLong) this.refuse(key, `is not a list of files: ${error.message}`, error);
      throw error;
    }
    const actual = hash.digest('base64');
    if (actual !== expected) this.refuse(key, `should have the MD5 ${expected}, but has ${actual}`);
  }

  private async md5(key: string): Promise<string> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.object(key)) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8').trim();
    if (!/^[A-Za-z0-9+/]{22}==$/.test(text)) this.refuse(key, 'does not contain an MD5');
    return text;
  }

  private async *object(key: string): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* readObject(this.aws, this.description.bucket, key, this.clock, this.signal);
    } catch (error) {
      if (!(error instanceof AwsFault) || error.httpStatus !== 404) throw error;
      this.refuse(key, 'does not exist', error);
    }
  }

  private understood<Value>(key: string, parse: () => Value): Value {
    try {
      return parse();
    } catch (error) {
      this.refuse(key, (error as Error).message, error);
    }
  }

  private refuse(key: string, reason: string, cause?: unknown): never {
    throw new ManifestRefused(`s3://${this.description.bucket}/${key}`, reason, { cause });
  }
}

const contentOf = (covered: Covered): Pick<Manifest, 'exportTime' | 'window'> =>
  typeof covered === 'number'
    ? { exportTime: covered, window: undefined }
    : { exportTime: undefined, window: covered };

function textOfCovered(covered: Covered): string {
  const instant = (ms: number) => new Date(ms).toISOString();
  return typeof covered === 'number'
    ? instant(covered)
    : `${instant(covered.from)} to ${instant(covered.to)}`;
}
