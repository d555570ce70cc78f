import type { AwsServices } from '../../runtime/aws/services';
import { AwsFault } from '../../runtime/aws/faults';
import type { Answer, Check, Lab } from '../check';
import { isNoAnswer } from '../refusals';
import { answered, notAsked, NOTHING, supported, unanswered } from './experiment';
import {
  awaitCompletion,
  type Exported,
  type Incomplete,
  linesOf,
  type ReadObject,
  readExport,
  requestExport,
} from './exported';
import { freshTable } from './fresh-table';
import { sleepUntil } from './waiting';
import { putAll } from './writes';

/** How an export into a bucket of another region ended. */
export type AwayOutcome =
  | { readonly kind: 'refused' | 'unreadable'; readonly code: string }
  | ({ readonly kind: 'incomplete' } & Incomplete)
  | {
      readonly kind: 'read';
      /** The region in which the replicator found the bucket. */
      readonly foundRegion: string | undefined;
      /** From the request to the end, as AWS describes it. */
      readonly tookMs: number;
      readonly files: number;
      /** Lines of all files. */
      readonly items: number;
      readonly areMd5sRight: boolean;
    };

export interface AwayExport {
  readonly bucketRegion: string;
  readonly written: number;
  readonly outcome: AwayOutcome;
}

const MINUTE = 60_000;
const ITEMS = 25;
/** Far enough from the writes and from now, wherever in the time around it each item is cut. */
const APART_MS = 4 * MINUTE;
const PATIENCE_MS = 60 * MINUTE;

async function exportAway(lab: Lab): Promise<AwayExport> {
  const bucket = await lab.bucketAway();
  const aws = lab.replicator.openServices();
  try {
    const outcome = await exportInto(lab, aws, bucket.name);
    return { bucketRegion: bucket.region, written: ITEMS, outcome };
  } finally {
    aws.close();
  }
}

async function exportInto(lab: Lab, aws: AwsServices, bucket: string): Promise<AwayOutcome> {
  const table = await freshTable(lab, 'away', { recovery: true });
  const keys = Array.from({ length: ITEMS }, (_, index) => `item${index}`);
  const { answeredAt } = await putAll(lab, table, keys, 0);
  const exportTime = Math.floor((answeredAt + APART_MS) / 1_000) * 1_000;
  await sleepUntil(lab, exportTime + APART_MS);
  let arn: string;
  try {
    arn = await requestExport(lab, table, { ExportTime: new Date(exportTime), S3Bucket: bucket });
  } catch (error) {
    if (!isAboutTheRequest(error)) throw error;
    return { kind: 'refused', code: (error as Error).name };
  }
  const description = await awaitCompletion(lab, arn, PATIENCE_MS);
  if ('incomplete' in description) return { kind: 'incomplete', ...description };
  try {
    // Tells its client where the objects are.
    const { region: foundRegion } = await aws.headBucket(bucket, undefined, lab.signal);
    const exported = await readExport(byReplicator(aws, bucket, lab.signal), description);
    const { StartTime, EndTime } = description;
    return {
      kind: 'read',
      foundRegion,
      tookMs: (EndTime?.getTime() ?? 0) - (StartTime?.getTime() ?? 0),
      files: exported.files.length,
      items: linesOf(exported).length,
      areMd5sRight: areMd5sRight(exported),
    };
  } catch (error) {
    if (!(error instanceof AwsFault) || error.kind === 'retry') throw error;
    return { kind: 'unreadable', code: error.code };
  }
}

/** Whether AWS rejects what was requested, and not who requests it, or how much. */
function isAboutTheRequest(error: unknown): boolean {
  const { name, $fault } = error as Error & { readonly $fault?: string };
  return $fault === 'client' && !isNoAnswer(name);
}

/** Reads objects with the replicator's own client. */
function byReplicator(aws: AwsServices, bucket: string, signal: AbortSignal): ReadObject {
  return async (key) => {
    const { bytes, etag = '' } = await aws.getObject(bucket, key, { offset: 0, ifMatch: undefined }, signal);
    const pieces: Uint8Array[] = [];
    for await (const piece of bytes) pieces.push(piece);
    return { bytes: Buffer.concat(pieces), etag };
  };
}

const areMd5sRight = ({ isSummaryMd5Right, isFilesMd5Right, files }: Exported): boolean =>
  isSummaryMd5Right && isFilesMd5Right && files.every(({ isMd5Right }) => isMd5Right);

/** A bucket may be in another region than the table: AWS exports into it, and the replicator finds it and reads it. */
export function judgeAwayExport({ bucketRegion, written, outcome }: AwayExport): Answer {
  switch (outcome.kind) {
    case 'incomplete':
      return outcome.hasFailed
        ? answered({ bucketRegion }, outcome.incomplete)
        : notAsked(outcome.incomplete);
    case 'refused':
      return answered({ bucketRegion }, `The export was refused with ${outcome.code}.`);
    case 'unreadable':
      return (
        unanswered(outcome.code) ??
        answered({ bucketRegion }, `The export could not be read: ${outcome.code}.`)
      );
    case 'read': {
      const { foundRegion, tookMs, files, items, areMd5sRight: isIntact } = outcome;
      return supported(
        written === 0
          ? 'No item was written.'
          : foundRegion === undefined && 'AWS did not name the region of the bucket.',
        answered(
          { bucketRegion, foundRegion: foundRegion ?? 'not named', tookMs, files, items },
          foundRegion !== undefined &&
            foundRegion !== bucketRegion &&
            `The bucket is in ${bucketRegion}, but was found in ${foundRegion}.`,
          items !== written && `${written} items were written, and ${items} read from the export.`,
          !isIntact && 'A file was read with another MD5 than the export says.',
        ),
      );
    }
  }
}

export const crossRegionCheck: Check = {
  id: 'cross-region',
  mode: 'quick',
  asks: 'Exports a table into a bucket of another region, and reads the export with the replicator’s own client.',
  spends: { ...NOTHING, exports: 1 },
  run: async (lab) => judgeAwayExport(await exportAway(lab)),
};
