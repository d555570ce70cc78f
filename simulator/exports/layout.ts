import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Item } from '../attribute-value';
import { HASH_SPACE } from '../partition-hash';
import type { Random } from '../random';
import { itemSize } from '../tables/item-size';

/** A file of an export. `isData`: it is uploaded in parts, which its ETag shows. */
export interface ExportFile {
  readonly key: string;
  readonly body: Buffer;
  readonly isData: boolean;
}

/** Content of the summary that does not follow from the files. Times are epoch ms. */
export interface SummaryFacts {
  readonly exportArn: string;
  readonly startTime: number;
  readonly endTime: number;
  readonly tableArn: string;
  readonly tableId: string;
  readonly exportTime: number;
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

const LINES_PER_PIECE = 1000;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

const md5 = (bytes: Buffer | string): Buffer => createHash('md5').update(bytes).digest();

/** The line of an item, with its attributes in random order. */
function itemLine(image: Item, random: Random): string {
  const members = Object.keys(image).map((name) => `${JSON.stringify(name)}:${JSON.stringify(image[name])}`);
  shuffle(members, random);
  return `{"Item":{${members.join(',')}}}\n`;
}

function shuffle(list: unknown[], random: Random): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = random.integer(0, i + 1);
    [list[i], list[j]] = [list[j], list[i]];
  }
}

/** Gzip with the same header as AWS's files: no time, unknown operating system. */
function gzip(bytes: Buffer): Buffer {
  const zipped = gzipSync(bytes, bytes.length === 0 ? {} : { level: 1 });
  zipped.writeUInt32LE(0, 4);
  zipped[8] = 0;
  zipped[9] = 0xff;
  return zipped;
}

/** Collects the lines of one data file without joining them into one string. */
class DataFile {
  itemCount = 0;
  private lines: string[] = [];
  private readonly pieces: Buffer[] = [];

  add(line: string): void {
    this.itemCount++;
    if (this.lines.push(line) >= LINES_PER_PIECE) this.flush();
  }

  zipped(): Buffer {
    this.flush();
    return gzip(Buffer.concat(this.pieces));
  }

  private flush(): void {
    this.pieces.push(Buffer.from(this.lines.join('')));
    this.lines = [];
  }
}

/** The folder of an export: `[prefix/]AWSDynamoDB/<export id>`. */
export function folderOf(prefix: string | undefined, exportArn: string): string {
  const exportId = exportArn.slice(exportArn.lastIndexOf('/') + 1);
  return `${prefix === undefined ? '' : `${prefix.replace(/\/$/, '')}/`}AWSDynamoDB/${exportId}`;
}

/**
 * All files of a full export in the service's layout, the summary last. Source: "DynamoDB table export output format", and
 * real exports for what that leaves out.
 * @param count number of data files; items are distributed over them by hash range
 */
export function fullExport(
  items: Iterable<{ hash: number; image: Item }>,
  count: number,
  facts: SummaryFacts,
  random: Random,
): WrittenExport {
  const folder = folderOf(facts.prefix, facts.exportArn);
  const data = Array.from({ length: count }, () => new DataFile());
  let itemCount = 0;
  let billedSizeBytes = 0;
  for (const { hash, image } of items) {
    itemCount++;
    billedSizeBytes += itemSize(image);
    data[Math.floor((hash / HASH_SPACE) * count)]?.add(itemLine(image, random));
  }
  shuffle(data, random);
  const files: ExportFile[] = [{ key: `${folder}/_started`, body: Buffer.alloc(0), isData: false }];
  let manifest = '';
  for (const file of data) {
    const body = file.zipped();
    const name = Array.from({ length: 26 }, () => BASE32[random.integer(0, 32)]).join('');
    const key = `${folder}/data/${name}.json.gz`;
    files.push({ key, body, isData: true });
    manifest += `${JSON.stringify({
      itemCount: file.itemCount,
      md5Checksum: md5(body).toString('base64'),
      etag: `${md5(md5(body)).toString('hex')}-1`,
      dataFileS3Key: key,
    })}\n`;
  }
  const summary = JSON.stringify({
    version: '2020-06-30',
    exportArn: facts.exportArn,
    startTime: new Date(facts.startTime).toISOString(),
    endTime: new Date(facts.endTime).toISOString(),
    tableArn: facts.tableArn,
    tableId: facts.tableId,
    exportTime: new Date(facts.exportTime).toISOString(),
    s3Bucket: facts.bucket,
    s3Prefix: facts.prefix ?? null,
    s3SseAlgorithm: facts.sseAlgorithm ?? 'AES256',
    s3SseKmsKeyId: facts.sseKmsKeyId ?? null,
    manifestFilesS3Key: `${folder}/manifest-files.json`,
    billedSizeBytes,
    itemCount,
    outputFormat: 'DYNAMODB_JSON',
  });
  for (const [name, text] of [
    ['manifest-files', manifest],
    ['manifest-summary', summary],
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
