import type { Random } from '../random';
import { dataFiles, md5 } from './data-files';
import type { ViewType } from './export-request';
import type { ExportLine } from './lines';

/** A file of an export. `isData`: it is uploaded in parts, which its ETag shows. */
export interface ExportFile {
  readonly key: string;
  readonly body: Buffer;
  readonly isData: boolean;
}

/** What an export contains: a table at a time, or the changes of a window. Times are epoch ms. */
export type ExportContent =
  | { readonly type: 'FULL_EXPORT'; readonly exportTime: number }
  | {
      readonly type: 'INCREMENTAL_EXPORT';
      /** Inclusive. */
      readonly from: number;
      /** Exclusive. */
      readonly to: number;
      readonly view: ViewType;
    };

/** Content of the summary that does not follow from the files. Times are epoch ms. */
export interface SummaryFacts {
  readonly exportArn: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly tableArn: string;
  readonly tableId: string;
  readonly content: ExportContent;
  readonly bucket: string;
  readonly prefix: string | undefined;
  readonly sseAlgorithm: string | undefined;
  readonly sseKmsKeyId: string | undefined;
}

export interface WrittenExport {
  readonly files: readonly ExportFile[];
  readonly manifestKey: string;
  readonly itemCount: number;
  readonly billedSizeBytes: number;
}

/** The least that is billed for an incremental export (DynamoDB pricing page, seen in a real export). */
const LEAST_BILLED_CHANGES = 10_000_000;

const root = (prefix: string | undefined): string =>
  `${prefix === undefined ? '' : `${prefix.replace(/\/$/, '')}/`}AWSDynamoDB`;

/** The folder of an export: `[prefix/]AWSDynamoDB/<export id>`. */
export function folderOf(prefix: string | undefined, exportArn: string): string {
  return `${root(prefix)}/${exportArn.slice(exportArn.lastIndexOf('/') + 1)}`;
}

/** The folder of the data files. All incremental exports with the same prefix share one. */
export function dataFolderOf(
  prefix: string | undefined,
  exportArn: string,
  type: ExportContent['type'],
): string {
  return `${type === 'FULL_EXPORT' ? folderOf(prefix, exportArn) : root(prefix)}/data`;
}

/**
 * All files of an export in the service's layout, the summary last. Source: "DynamoDB table export output format", and
 * real exports for what that leaves out.
 * @param count number of data files; lines are distributed over them by hash range
 */
export function writtenExport(
  lines: Iterable<ExportLine>,
  count: number,
  facts: SummaryFacts,
  random: Random,
): WrittenExport {
  const { content, prefix, exportArn } = facts;
  const folder = folderOf(prefix, exportArn);
  const data = dataFiles(lines, count, dataFolderOf(prefix, exportArn, content.type), random);
  const { itemCount, bytes } = data;
  const billedSizeBytes = content.type === 'FULL_EXPORT' ? bytes : Math.max(bytes, LEAST_BILLED_CHANGES);
  const files: ExportFile[] = [
    { key: `${folder}/_started`, body: Buffer.alloc(0), isData: false },
    ...data.files.map(({ key, body }) => ({ key, body, isData: true })),
  ];
  const manifestFilesS3Key = `${folder}/manifest-files.json`;
  for (const [name, text] of [
    ['manifest-files', data.files.map(({ manifestLine }) => manifestLine).join('')],
    ['manifest-summary', summary(facts, { manifestFilesS3Key, billedSizeBytes, itemCount })],
  ] as const) {
    files.push({ key: `${folder}/${name}.json`, body: Buffer.from(text), isData: false });
    files.push({
      key: `${folder}/${name}.md5`,
      body: Buffer.from(md5(text).toString('base64')),
      isData: false,
    });
  }
  return { files, manifestKey: `${folder}/manifest-summary.json`, itemCount, billedSizeBytes };
}

/** The members in the order of real exports. */
function summary(
  facts: SummaryFacts,
  counted: { manifestFilesS3Key: string; billedSizeBytes: number; itemCount: number },
): string {
  const { content } = facts;
  const isFull = content.type === 'FULL_EXPORT';
  return JSON.stringify({
    version: isFull ? '2020-06-30' : '2023-08-01',
    exportArn: facts.exportArn,
    startTime: iso(facts.startTime),
    endTime: iso(facts.endTime),
    tableArn: facts.tableArn,
    tableId: facts.tableId,
    ...(isFull
      ? { exportTime: iso(content.exportTime) }
      : { exportFromTime: iso(content.from), exportToTime: iso(content.to) }),
    s3Bucket: facts.bucket,
    s3Prefix: facts.prefix ?? null,
    s3SseAlgorithm: facts.sseAlgorithm ?? 'AES256',
    s3SseKmsKeyId: facts.sseKmsKeyId ?? null,
    ...counted,
    outputFormat: 'DYNAMODB_JSON',
    ...(isFull ? {} : { outputView: content.view, exportType: content.type }),
  });
}

const iso = (ms: number): string => new Date(ms).toISOString();
