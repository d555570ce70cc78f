import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Answer, Lab, LabTable } from '../check';
import { common, type Cut, cutFigures, cutOf, figure, tooFar } from './cuts';
import { answered, checksOf, type Experiment, notAsked, supported } from './experiment';
import { freshTable } from './fresh-table';
import { completedExport, type Exported, type Incomplete, linesOf, requestExport } from './exported';
import { rootShards, readShard } from './shards';
import { sleepUntil } from './waiting';
import { putAll, type Write } from './writes';

/** Numbers as they were written, and how AWS shows them. Absent: not found there. */
export interface ShownNumber {
  readonly written: string;
  readonly inStream: string | undefined;
  readonly inExport: string | undefined;
}

/** A full export of a table that was written to around the export's time. */
export interface FullExport {
  /** Epoch ms, with a fraction of a second. */
  readonly requestedTime: number;
  /** From the request to the end, as AWS describes it. */
  readonly tookMs: number;
  readonly cuts: readonly Cut[];
  readonly exported: Exported;
  readonly numbers: readonly ShownNumber[];
}

type Outcome = FullExport | Incomplete;

const GROUPS = 2;
const GROUP_SIZE = 10;
const AROUND_MS = 120_000;
const ROUND_MS = 1_000;
const PATIENCE_MS = 60 * 60_000;
/** Between two writes of a group, so that a time rounded to a second is seen. */
const FRACTION_MS = 750;

const NUMBERS = [
  '1E125',
  '-9.9999999999999999999999999999999999999E125',
  '1E-130',
  '1.2345678901234567890123456789012345678E-100',
  '1E39',
  '12345678901234567890123456789012345678',
  '0.1E-39',
  '1.50',
];

const fullExport: Experiment<Outcome> = {
  name: 'full-export',
  spends: { exports: 1, streamReads: 100 },
  observe: async (lab) => {
    const table = await freshTable(lab, 'exported', { stream: 'NEW_IMAGE', recovery: true });
    for (const [index, N] of NUMBERS.entries()) {
      await lab.dynamodb.send(
        new PutItemCommand({ TableName: table.name, Item: { pk: { S: `number${index}` }, x: { N } } }),
      );
    }
    // Items that are cut too early have the numbers all the same.
    await lab.clock.sleep(AROUND_MS);
    const { requestedTime, writes } = await writeAround(lab, table);
    const arn = await requestExport(lab, table, { ExportTime: new Date(requestedTime), S3Prefix: 'full' });
    const exported = await completedExport(lab, arn, PATIENCE_MS);
    if ('incomplete' in exported) return exported;
    const { description } = exported;
    const items = new Map(
      linesOf(exported).map(({ Item }) => {
        const item = Item as Record<string, { S?: string; N?: string }>;
        return [item['pk']?.S ?? '', item];
      }),
    );
    return {
      requestedTime,
      tookMs: (description.EndTime?.getTime() ?? 0) - (description.StartTime?.getTime() ?? 0),
      cuts: writes.flatMap((ofGroup, group) =>
        keysOf(group).map((pk) => cutOf(ofGroup, Number(items.get(pk)?.['n']?.N ?? -1), requestedTime)),
      ),
      exported,
      numbers: await shownNumbers(lab, table, (pk) => items.get(pk)?.['x']?.N),
    };
  },
};

const keysOf = (group: number): string[] =>
  Array.from({ length: GROUP_SIZE }, (_, item) => `item${group}x${item}`);

/** Writes each group once a second, half a second after the other, around the time to export. */
async function writeAround(lab: Lab, table: LabTable): Promise<{ requestedTime: number; writes: Write[][] }> {
  const writes: Write[][] = Array.from({ length: GROUPS }, () => []);
  const begunAt = lab.clock.now() + 2_000 - (lab.clock.now() % 1_000);
  for (let round = 0; round * ROUND_MS <= 2 * AROUND_MS; round++) {
    for (const [group, ofGroup] of writes.entries()) {
      await sleepUntil(lab, begunAt + round * ROUND_MS + (group * ROUND_MS) / GROUPS);
      ofGroup.push(await putAll(lab, table, keysOf(group), round));
    }
  }
  return { requestedTime: begunAt + AROUND_MS + FRACTION_MS, writes };
}

async function shownNumbers(
  lab: Lab,
  table: LabTable,
  inExport: (pk: string) => string | undefined,
): Promise<ShownNumber[]> {
  const arn = table.streamArn ?? '';
  const shown = new Map<string, string | undefined>();
  for (const { id } of await rootShards(lab, arn)) {
    for (const { pk, record } of (await readShard(lab, arn, id)).records) {
      if (pk.startsWith('number')) shown.set(pk, record.dynamodb?.NewImage?.['x']?.N);
    }
  }
  return NUMBERS.map((written, index) => {
    const pk = `number${index}`;
    return { written, inStream: shown.get(pk), inExport: inExport(pk) };
  });
}

const isKnown = ({ fromMs, toMs }: Cut): boolean => Number.isFinite(fromMs) || Number.isFinite(toMs);

/** E16: each item is cut at most 60 s from the time. */
export function judgeCuts(seen: Outcome): Answer {
  if ('incomplete' in seen) return notAsked(seen.incomplete);
  const far = tooFar(seen.cuts);
  return supported(
    !seen.cuts.some(isKnown) && 'No item shows where it was cut.',
    answered(
      { ...cutFigures(seen.cuts), tooFar: far },
      far > 0 && `${far} of ${seen.cuts.length} items were cut more than 60 s from the export's time.`,
    ),
  );
}

/** E17: the time is rounded to a second. */
export function judgeRounding(seen: Outcome): Answer {
  if ('incomplete' in seen) return notAsked(seen.incomplete);
  const describedMs = (seen.exported.description.ExportTime?.getTime() ?? Number.NaN) - seen.requestedTime;
  const manifestMs = Date.parse(String(seen.exported.summary['exportTime'])) - seen.requestedTime;
  const { fromMs, toMs } = common(seen.cuts);
  const isOneCut = fromMs <= toMs;
  if (Number.isNaN(describedMs)) return notAsked('DescribeExport shows no time.');
  return answered(
    {
      requestedFractionMs: seen.requestedTime % 1_000,
      describedOffMs: describedMs,
      manifestFractionMs: Number.isNaN(manifestMs) ? 'no time' : (manifestMs + seen.requestedTime) % 1_000,
      // Where all items can have been cut, if all were cut at one time.
      cutFromMs: isOneCut ? figure(fromMs) : 'each item at its own',
      cutToMs: isOneCut ? figure(toMs) : 'each item at its own',
    },
    Math.abs(describedMs) >= 1_000 && `DescribeExport shows a time ${describedMs} ms from the requested one.`,
  );
}

/** E19: any number of files, also empty ones; what they hold is what the manifest says. */
export function judgeFiles(seen: Outcome): Answer {
  if ('incomplete' in seen) return notAsked(seen.incomplete);
  const { files, summary } = seen.exported;
  const inFiles = files.reduce((sum, { lines }) => sum + lines.length, 0);
  const listed = files.reduce((sum, { itemCount }) => sum + itemCount, 0);
  return supported(
    inFiles === 0 && 'The export has no items.',
    answered(
      {
        tookMs: seen.tookMs,
        files: files.length,
        emptyFiles: files.filter(({ itemCount }) => itemCount === 0).length,
        items: inFiles,
      },
      files.some(({ lines, itemCount }) => lines.length !== itemCount) &&
        'A file has another number of lines than the manifest says.',
      listed !== summary['itemCount'] &&
        `The manifest lists ${listed} items, and its summary ${String(summary['itemCount'])}.`,
    ),
  );
}

const SUMMARY_MEMBERS = [
  'version,exportArn,startTime,endTime,tableArn,tableId,exportTime,s3Bucket,s3Prefix,s3SseAlgorithm,s3SseKmsKeyId',
  'manifestFilesS3Key,billedSizeBytes,itemCount,outputFormat',
].join(',');

/** The layout that the runtime reads: keys, members, checksums. */
export function judgeLayout(seen: Outcome): Answer {
  if ('incomplete' in seen) return notAsked(seen.incomplete);
  const { summary, summaryKey, filesKey, files, fileMembers, isSummaryMd5Right, isFilesMd5Right } =
    seen.exported;
  if (files.length === 0) return notAsked('The export has no files.');
  const folder = summaryKey.replace(/manifest-summary\.json$/, '');
  const members = Object.keys(summary).join(',');
  const empty = files.filter(({ itemCount }) => itemCount === 0).map(({ bytes }) => bytes);
  return answered(
    {
      version: String(summary['version']),
      areSummaryMembersKnown: members === SUMMARY_MEMBERS,
      fileMembers: fileMembers.join(' '),
      isPrefixInKeys: filesKey.startsWith('full/AWSDynamoDB/'),
      leastBytesOfEmptyFile: empty.length === 0 ? 'none' : Math.min(...empty),
    },
    !isSummaryMd5Right && 'manifest-summary.md5 is not that of the summary.',
    !isFilesMd5Right && 'manifest-files.md5 is not that of the list of files.',
    files.some((file) => !file.isMd5Right) && 'A file has another MD5 than the manifest says.',
    files.some((file) => !file.isEtagRight) && 'A file has another ETag than that of one uploaded part.',
    !/^full\/AWSDynamoDB\/\d{14}-[0-9a-f]{8}\/$/.test(folder) && 'The folder of the export has another name.',
    filesKey !== `${folder}manifest-files.json` && 'The list of files has another key.',
    files.some(({ key }) => !isDataKey(key, `${folder}data/`)) && 'A data file has another key.',
    ['itemCount', 'md5Checksum', 'etag', 'dataFileS3Key'].some((member) => !fileMembers.includes(member)) &&
      'The list of files lacks a member.',
  );
}

const isDataKey = (key: string, folder: string): boolean =>
  key.startsWith(folder) && /^[a-z2-7]{26}\.json\.gz$/.test(key.slice(folder.length));

/** A decimal without exponent, leading or trailing zeros. */
const PLAIN = /^-?(0|[1-9]\d*)(\.\d*[1-9])?$/;

/** How AWS renders numbers that other systems write with an exponent. */
export function judgeNumberText(seen: Outcome): Answer {
  if ('incomplete' in seen) return notAsked(seen.incomplete);
  const shown = seen.numbers.map(({ written, inStream, inExport }) => ({
    written,
    texts: [inStream, inExport].filter((text) => text !== undefined),
  }));
  const texts = shown.flatMap((each) => each.texts);
  const plain = texts.filter((text) => PLAIN.test(text)).length;
  const different = shown.filter((each) => new Set(each.texts).size > 1);
  const changed = shown.filter((each) => each.texts.some((text) => !isSameNumber(each.written, text)));
  const unseen = shown.filter((each) => each.texts.length < 2).length;
  return supported(
    seen.numbers.length === 0
      ? 'No numbers were written.'
      : unseen > 0 && `In the stream or in the export ${unseen} of ${shown.length} numbers were not found.`,
    answered(
      { numbers: shown.length, plain, withExponent: texts.filter((text) => /e/i.test(text)).length },
      changed.length > 0 && `${changed[0]?.written} comes back as another number.`,
      different.length > 0 && `Stream and export render ${different[0]?.written} differently.`,
      plain < texts.length && 'A number is not rendered as a plain decimal.',
    ),
  );
}

/** Digits without zeros at the ends, and the power of ten of the last. */
function parts(text: string): { digits: string; power: number } {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return {
    digits: digits === '' ? '0' : `${sign === '-' ? '-' : ''}${digits}`,
    power: digits === '' ? 0 : Number(exponent) - fraction.length + (all.length - digits.length),
  };
}

function isSameNumber(one: string, other: string): boolean {
  const [a, b] = [parts(one), parts(other)];
  return a.digits === b.digits && a.power === b.power;
}

export const fullExportChecks = checksOf(fullExport, [
  {
    id: 'E16',
    mode: 'quick',
    asks: 'Writes 20 items every second for four minutes, exports the middle, and finds where each item was cut.',
    judge: judgeCuts,
  },
  {
    id: 'E17',
    mode: 'quick',
    asks: 'Requests that export for a fraction of a second, and compares the times that AWS shows.',
    judge: judgeRounding,
  },
  {
    id: 'E19',
    mode: 'quick',
    asks: 'Measures how long that export takes, and counts its files and their lines.',
    judge: judgeFiles,
  },
  {
    id: 'layout',
    mode: 'quick',
    asks: 'Compares keys, members and checksums of that export with those that the replicator reads.',
    judge: judgeLayout,
  },
  {
    id: 'numbers',
    mode: 'quick',
    asks: 'Writes numbers with exponents from -130 to 125, and reads them from the stream and that export.',
    judge: judgeNumberText,
  },
]);
