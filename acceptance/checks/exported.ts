import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import {
  DescribeExportCommand,
  type ExportDescription,
  ExportTableToPointInTimeCommand,
  type ExportTableToPointInTimeCommandInput,
} from '@aws-sdk/client-dynamodb';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { sentence } from '../../runtime/errors';
import type { Lab, LabTable } from '../check';
import { limitText } from '../modes';
import { until } from '../until';
import { Failures } from './failures';

/** What a request for an export names besides table and bucket. */
export type ExportWish = Omit<ExportTableToPointInTimeCommandInput, 'TableArn' | 'S3Bucket'> & {
  readonly S3Bucket?: string;
};

/** Requests an export; its ARN. */
export async function requestExport(lab: Lab, table: LabTable, wish: ExportWish): Promise<string> {
  const { ExportDescription: started } = await lab.dynamodb.send(
    new ExportTableToPointInTimeCommand({ TableArn: table.arn, S3Bucket: lab.bucket, ...wish }),
  );
  return started?.ExportArn ?? '';
}

/** Five minutes. */
const MOST_FAILED_IN_A_ROW = 20;

/** Waits until an export has ended, with success or without; undefined after `atMostMs`. */
export async function awaitExport(
  lab: Lab,
  exportArn: string,
  atMostMs: number,
): Promise<ExportDescription | undefined> {
  const failures = new Failures(MOST_FAILED_IN_A_ROW);
  const ended = await until(lab, { everyMs: 15_000, atMostMs }, () =>
    failures.survive(lab, async () => {
      const { ExportDescription: shown } = await lab.dynamodb.send(
        new DescribeExportCommand({ ExportArn: exportArn }),
      );
      return shown?.ExportStatus === 'IN_PROGRESS' ? undefined : shown;
    }),
  );
  return ended?.found;
}

/** An export that cannot be read. */
export interface Incomplete {
  /** Why: a sentence for the report. */
  readonly incomplete: string;
  /** Whether AWS has ended it, and does not go on. */
  readonly hasFailed: boolean;
}

/** Waits until an export is completed. */
export async function awaitCompletion(
  lab: Lab,
  exportArn: string,
  atMostMs: number,
): Promise<ExportDescription | Incomplete> {
  const description = await awaitExport(lab, exportArn, atMostMs);
  if (description === undefined)
    return { incomplete: `The export had not ended after ${limitText(atMostMs)}.`, hasFailed: false };
  const { ExportStatus = 'without a status', FailureCode = 'no code', FailureMessage } = description;
  if (ExportStatus === 'COMPLETED') return description;
  const message = FailureMessage === undefined ? '' : `: ${FailureMessage.replace(/\s+/g, ' ')}`;
  return {
    incomplete: sentence(`The export ended ${ExportStatus}, with ${FailureCode}${message}`),
    hasFailed: true,
  };
}

/** Waits until an export into the run's bucket is completed, and reads it. */
export async function completedExport(
  lab: Lab,
  exportArn: string,
  atMostMs: number,
): Promise<Exported | Incomplete> {
  const description = await awaitCompletion(lab, exportArn, atMostMs);
  return 'incomplete' in description ? description : readExport(inBucketOf(lab), description);
}

/** One data file of an export, as its manifest names it and as it is. */
export interface ExportedFile {
  readonly key: string;
  readonly itemCount: number;
  readonly bytes: number;
  readonly isMd5Right: boolean;
  /** Whether the manifest's ETag is that of the object, and that of an upload in one part. */
  readonly isEtagRight: boolean;
  readonly lines: readonly string[];
}

export interface Exported {
  readonly description: ExportDescription;
  readonly summaryKey: string;
  /** The summary's members in their order. */
  readonly summary: Readonly<Record<string, unknown>>;
  readonly isSummaryMd5Right: boolean;
  readonly filesKey: string;
  readonly isFilesMd5Right: boolean;
  /** The members of the first line of the manifest of files, in their order. */
  readonly fileMembers: readonly string[];
  readonly files: readonly ExportedFile[];
}

const md5 = (bytes: Uint8Array): Buffer => createHash('md5').update(bytes).digest();

/** Reads a whole object of the bucket with an export. */
export type ReadObject = (
  key: string,
) => Promise<{ readonly bytes: Uint8Array; /** Quoted. */ readonly etag: string }>;

/** Reads objects of the run's bucket. */
const inBucketOf =
  ({ s3, bucket }: Pick<Lab, 's3' | 'bucket'>): ReadObject =>
  async (key) => {
    const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return { bytes: (await Body?.transformToByteArray()) ?? new Uint8Array(), etag: ETag ?? '' };
  };

async function withMd5(read: ReadObject, key: string): Promise<{ text: string; isRight: boolean }> {
  const { bytes } = await read(key);
  const stored = Buffer.from((await read(key.replace(/\.json$/, '.md5'))).bytes).toString();
  return { text: Buffer.from(bytes).toString(), isRight: stored === md5(bytes).toString('base64') };
}

/** Reads a completed export with all its files. @throws whatever `read` throws */
export async function readExport(read: ReadObject, description: ExportDescription): Promise<Exported> {
  const summaryKey = description.ExportManifest ?? '';
  const summaryFile = await withMd5(read, summaryKey);
  const summary = JSON.parse(summaryFile.text) as Record<string, unknown>;
  const filesKey = String(summary['manifestFilesS3Key']);
  const list = await withMd5(read, filesKey);
  const entries = list.text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const files: ExportedFile[] = [];
  for (const entry of entries) files.push(await exportedFile(read, entry));
  return {
    description,
    summaryKey,
    summary,
    isSummaryMd5Right: summaryFile.isRight,
    filesKey,
    isFilesMd5Right: list.isRight,
    fileMembers: Object.keys(entries[0] ?? {}),
    files,
  };
}

async function exportedFile(read: ReadObject, entry: Record<string, unknown>): Promise<ExportedFile> {
  const key = String(entry['dataFileS3Key']);
  const { bytes, etag } = await read(key);
  const lines = gunzipSync(bytes).toString().split('\n');
  // Each line ends with a line feed.
  lines.pop();
  const ofOnePart = `${md5(md5(bytes)).toString('hex')}-1`;
  return {
    key,
    itemCount: Number(entry['itemCount']),
    bytes: bytes.length,
    isMd5Right: entry['md5Checksum'] === md5(bytes).toString('base64'),
    isEtagRight: entry['etag'] === ofOnePart && etag.replaceAll('"', '') === ofOnePart,
    lines,
  };
}

/** All lines of an export, parsed. */
export const linesOf = ({ files }: Exported): readonly Record<string, unknown>[] =>
  files.flatMap(({ lines }) => lines.map((line) => JSON.parse(line) as Record<string, unknown>));
