import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import type { Answer, Lab, LabTable } from '../check';
import { type Cut, cutFigures, cutOf, tooFar } from './cuts';
import { answered, checksOf, type Experiment, notAsked, supported } from './experiment';
import { freshTable } from './fresh-table';
import { completedExport, type Exported, type Incomplete, linesOf, requestExport } from './exported';
import { sleepUntil } from './waiting';
import { put, putAll, type Write } from './writes';

/** A line of an incremental export. */
export interface ChangeLine {
  readonly pk: string;
  readonly micros: number;
  /** `Metadata`, `Keys`, and the images, in the order of the line. */
  readonly members: readonly string[];
  /** Numbers of the writes that the images show; undefined without that image. */
  readonly oldN: number | undefined;
  readonly newN: number | undefined;
}

/** Two windows that share an edge, the first in both views. */
export interface IncrementalExports {
  readonly first: readonly ChangeLine[];
  readonly firstNewImages: readonly ChangeLine[];
  /** Where the first window ended and the second began for each item that was written around the edge. */
  readonly edges: readonly { readonly end: Cut; readonly begin: Cut }[];
  /** The last write in the first window of each item that was written there, by key. */
  readonly lastWrites: ReadonlyMap<string, Write>;
  /** How far the manifest's windows are from the requested ones. */
  readonly windowsOffMs: readonly number[];
  readonly billedBytes: readonly number[];
  readonly dataFolders: readonly string[];
}

type Outcome = IncrementalExports | Incomplete;

const MINUTE = 60_000;
const WINDOW_MS = 15 * MINUTE;
const LEAD_MS = 3 * MINUTE;
const AROUND_MS = 120_000;
const SETTLED_MS = 65_000;
const PATIENCE_MS = 60 * MINUTE;
const EDGE_KEYS = Array.from({ length: 20 }, (_, index) => `edge${index}`);
/** Before the first window; what happens to each in it is in its name. */
const PRESENT = ['kept', 'deleted', 'altered', 'replaced'];

export const incrementalExports: Experiment<Outcome> = {
  name: 'incremental-exports',
  spends: { incrementalExports: 3 },
  observe: async (lab) => {
    const table = await freshTable(lab, 'changes', { recovery: true });
    const from = Math.ceil(lab.clock.now() / MINUTE) * MINUTE + LEAD_MS;
    const [edge, to] = [from + WINDOW_MS, from + 2 * WINDOW_MS];
    await putAll(lab, table, PRESENT, 0);
    await sleepUntil(lab, from + WINDOW_MS / 3);
    const lastWrites = await changeInWindow(lab, table);
    const writes = await writeAround(lab, table, edge);
    await sleepUntil(lab, to + SETTLED_MS);
    const wishes = [
      { from, to: edge, view: 'NEW_AND_OLD_IMAGES' },
      { from, to: edge, view: 'NEW_IMAGE' },
      { from: edge, to, view: 'NEW_AND_OLD_IMAGES' },
    ] as const;
    const outcomes = await Promise.all(wishes.map((wish) => exportOf(lab, table, wish)));
    const exported: Exported[] = [];
    for (const each of outcomes) {
      if ('incomplete' in each) return each;
      exported.push(each);
    }
    const [first, firstNewImages, second] = exported as [Exported, Exported, Exported];
    const lines = changeLines(first);
    const [inFirst, inSecond] = [byKey(lines), byKey(changeLines(second))];
    return {
      first: lines,
      firstNewImages: changeLines(firstNewImages),
      edges: EDGE_KEYS.map((pk) => ({
        end: cutOf(writes, inFirst.get(pk)?.newN ?? -1, edge),
        begin: cutOf(writes, beforeOf(inSecond.get(pk), writes.length), edge),
      })),
      lastWrites,
      windowsOffMs: wishes.flatMap((wish, index) => [
        Date.parse(String(exported[index]?.summary['exportFromTime'])) - wish.from,
        Date.parse(String(exported[index]?.summary['exportToTime'])) - wish.to,
      ]),
      billedBytes: exported.map(({ description }) => description.BilledSizeBytes ?? 0),
      dataFolders: exported.flatMap(({ files }) => files.map(({ key }) => key.replace(/[^/]*$/, ''))),
    };
  },
};

/** The number of the last write before a window, from the window's line of the item. */
function beforeOf(line: ChangeLine | undefined, writes: number): number {
  // Without a line the window begins after all writes; without an old image it begins before the first.
  return line === undefined ? writes - 1 : (line.oldN ?? -1);
}

async function changeInWindow(lab: Lab, table: LabTable): Promise<Map<string, Write>> {
  const last = new Map<string, Write>();
  const remove = async (pk: string) => {
    const requestedAt = lab.clock.now();
    await lab.dynamodb.send(new DeleteItemCommand({ TableName: table.name, Key: { pk: { S: pk } } }));
    last.set(pk, { requestedAt, answeredAt: lab.clock.now() });
  };
  const write = async (pk: string, n: number) => last.set(pk, await put(lab, table, pk, n));
  await write('inserted', 1);
  await write('brief', 1);
  await lab.clock.sleep(MINUTE);
  await remove('brief');
  await remove('deleted');
  await remove('replaced');
  await write('altered', 1);
  await lab.clock.sleep(MINUTE);
  await write('replaced', 1);
  return last;
}

/** Writes each item once a second around the edge between the windows. */
async function writeAround(lab: Lab, table: LabTable, edge: number): Promise<Write[]> {
  const writes: Write[] = [];
  for (let at = edge - AROUND_MS; at <= edge + AROUND_MS; at += 1_000) {
    await sleepUntil(lab, at);
    writes.push(await putAll(lab, table, EDGE_KEYS, writes.length));
  }
  return writes;
}

async function exportOf(
  lab: Lab,
  table: LabTable,
  wish: { readonly from: number; readonly to: number; readonly view: 'NEW_IMAGE' | 'NEW_AND_OLD_IMAGES' },
): Promise<Exported | Incomplete> {
  const arn = await requestExport(lab, table, {
    ExportType: 'INCREMENTAL_EXPORT',
    IncrementalExportSpecification: {
      ExportFromTime: new Date(wish.from),
      ExportToTime: new Date(wish.to),
      ExportViewType: wish.view,
    },
    S3Prefix: 'incremental',
  });
  return completedExport(lab, arn, PATIENCE_MS);
}

type WireItem = Record<string, { S?: string; N?: string }> | undefined;

const changeLines = (exported: Exported): ChangeLine[] =>
  linesOf(exported).map((line) => {
    const [keys, old, now] = [line['Keys'], line['OldImage'], line['NewImage']] as WireItem[];
    const metadata = line['Metadata'] as { WriteTimestampMicros?: { N?: string } } | undefined;
    return {
      pk: keys?.['pk']?.S ?? '',
      micros: Number(metadata?.WriteTimestampMicros?.N ?? Number.NaN),
      members: Object.keys(line),
      oldN: old === undefined ? undefined : Number(old['n']?.N),
      newN: now === undefined ? undefined : Number(now['n']?.N),
    };
  });

const byKey = (lines: readonly ChangeLine[]): Map<string, ChangeLine> =>
  new Map(lines.map((line) => [line.pk, line]));

/** The members of each key's line in the first window, for both views; undefined: no line. */
const EXPECTED: Readonly<Record<string, readonly [both: string | undefined, newImages: string | undefined]>> =
  {
    inserted: ['Metadata Keys NewImage', 'Metadata Keys NewImage'],
    altered: ['Metadata Keys OldImage NewImage', 'Metadata Keys NewImage'],
    replaced: ['Metadata Keys OldImage NewImage', 'Metadata Keys NewImage'],
    deleted: ['Metadata Keys OldImage', 'Metadata Keys'],
    brief: [undefined, undefined],
    kept: [undefined, undefined],
  };

/** Its clock and ours may differ by some seconds. */
const CLOCKS_MS = 5_000;

/** E25: one line for each changed item, the last write's time, its own cut at each edge. */
export function judgeIncremental(seen: Outcome): Answer {
  if ('incomplete' in seen) return notAsked(seen.incomplete);
  const { edges } = seen;
  const [both, newImages] = [byKey(seen.first), byKey(seen.firstNewImages)];
  const shown = (pk: string): readonly (string | undefined)[] => [
    both.get(pk)?.members.join(' '),
    newImages.get(pk)?.members.join(' '),
  ];
  const unexpected = Object.keys(EXPECTED).find((pk) =>
    (EXPECTED[pk] ?? []).some((members, view) => members !== shown(pk)[view]),
  );
  const twice = seen.first.length - both.size + seen.firstNewImages.length - newImages.size;
  const mistimed = [...seen.lastWrites].filter(([pk, { requestedAt, answeredAt }]) => {
    const line = both.get(pk);
    if (line === undefined) return false;
    const at = line.micros / 1_000;
    return !(at > requestedAt - CLOCKS_MS && at < answeredAt + CLOCKS_MS);
  });
  const cuts = edges.flatMap(({ end, begin }) => [end, begin]);
  const far = tooFar(cuts);
  const apart = edges.filter(({ end, begin }) => end.fromMs > begin.toMs || begin.fromMs > end.toMs).length;
  return supported(
    (edges.length === 0 || seen.lastWrites.size === 0) && 'Nothing was written in the windows.',
    answered(
      {
        ...cutFigures(cuts),
        tooFar: far,
        itemsWithTwoCutsAtTheEdge: apart,
        membersOfDelete: shown('deleted')
          .map((members) => members ?? 'no line')
          .join(', '),
        hasLineOfBriefItem: both.has('brief'),
        hasMicroseconds: seen.first.some(({ micros }) => micros % 1_000 !== 0),
        leastBilledBytes: Math.min(...seen.billedBytes),
        isDataPooled: seen.dataFolders.every((folder) => folder === 'incremental/AWSDynamoDB/data/'),
      },
      unexpected !== undefined &&
        `The item "${unexpected}" has: ${shown(unexpected)
          .map((members) => members ?? 'no line')
          .join('; ')}.`,
      twice > 0 && `${twice} items have two lines in one export.`,
      mistimed.length > 0 && `The line of "${mistimed[0]?.[0]}" has another time than its last write.`,
      far > 0 && `${far} edges of items lie more than 60 s from the windows' edge.`,
      !seen.dataFolders.every((folder) => folder === 'incremental/AWSDynamoDB/data/') &&
        'The data files are in another folder.',
    ),
  );
}

export const incrementalExportChecks = checksOf(incrementalExports, [
  {
    id: 'E25',
    mode: 'quick',
    asks: 'Exports two windows that share an edge, one in both views, after inserts, updates and deletes in the first and writes around the edge.',
    judge: judgeIncremental,
  },
]);
