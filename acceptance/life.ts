import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { counted } from '../cost/figures';
import { linkedController } from '../runtime/abort';
import { type Settings, settingsOf } from '../runtime/config';
import type { OperableDestination } from '../runtime/destinations/destination';
import { Events } from '../runtime/observe/events';
import { Replicator } from '../runtime/replicator';
import type { Answer, Check, Lab, LabTable } from './check';
import { answered, supported } from './checks/experiment';
import { differences, type Rows } from './life-rows';
import { scanned, switchStream, writeUntil } from './life-table';
import { ready } from './until';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Polls of the table that the process makes; each waits for an export at most. */
const EXPORT_PATIENCE_MS = 45 * MINUTE;
const EQUAL_PATIENCE_MS = 10 * MINUTE;
const EQUAL_EVERY_MS = 5 * SECOND;
/** Writes go on in each phase for at least this long. */
const PHASE_MS = MINUTE;
/** How long the stream is off. */
const GAP_MS = 2 * MINUTE;
const POLL = { minMs: 5 * SECOND, maxMs: 10 * SECOND };
const DESTINATION_TABLE = 'life';

/** What the life of a replicated table came to. */
export interface Life {
  readonly writes: number;
  /** Rows that the load published. */
  readonly loadedRows: number;
  readonly loadMs: number;
  /** Of the verify, while writes went on. */
  readonly verifyDifferences: number;
  readonly comparedRows: number;
  readonly hasOtherArn: boolean;
  readonly healMs: number;
  readonly healWindows: number;
  readonly healLines: number;
  readonly rereadKeys: number;
  readonly billedBytes: number;
  /** After the last write, against a consistent scan. */
  readonly rows: number;
  readonly missing: number;
  readonly extra: number;
  readonly different: number;
}

/** What a life says about the whole. Pure. */
export function judgeLife(life: Life): Answer {
  const { missing, extra, different, verifyDifferences, comparedRows, healLines, rows, hasOtherArn } = life;
  const wrong = missing + extra + different;
  const lacks = [
    comparedRows === 0 && 'the verify compared no row.',
    healLines === 0 && 'the heal’s exports had no line, so nothing was healed.',
    rows === 0 && 'the table was empty at the end, so nothing was compared.',
  ].find((reason) => reason !== false);
  return supported(
    lacks !== undefined && `Not judged: ${lacks}`,
    answered(
      { ...life },
      wrong > 0 && `At the end ${counted(wrong, 'row')} differed from the table.`,
      verifyDifferences > 0 && `The verify found ${counted(verifyDifferences, 'difference')}.`,
      !hasOtherArn && 'Disabling and enabling the stream gave no other ARN, so there was no gap.',
    ),
  );
}

/**
 * The check of everything together: load, follow, verify, a gap by another stream, a heal, with writes throughout, in the
 * replicator's role, into a DuckDB file.
 */
export const LIFE: Check = {
  id: 'life',
  mode: 'quick',
  asks: 'A table is loaded, followed and verified, has a gap and is healed, with writes throughout; then every row is compared.',
  spends: { exports: 2, incrementalExports: 3, streamReads: 5_000 },
  run: async (lab) => judgeLife(await live(lab)),
};

async function live(lab: Lab): Promise<Life> {
  const { openServices, openDestination, clock, parts } = lab.replicator;
  const folder = mkdtempSync(join(tmpdir(), 'replicator-acceptance-'));
  const table = await lab.table('life', { stream: 'NEW_IMAGE', recovery: true });
  const destination = openDestination(join(folder, 'life.duckdb'));
  const aws = openServices();
  const { controller, unlink } = linkedController(lab.signal);
  const running: Promise<unknown>[] = [];
  try {
    const events = new Events();
    const replicator = new Replicator({
      settings: settingsFor(lab, table),
      aws,
      destination,
      clock,
      events,
      ...(parts !== undefined && { parts }),
    });
    const heard = listen(events);
    const outcome = replicator.run(controller.signal);
    running.push(outcome);
    const stopped = outcome.then(({ failed }) => {
      throw failed[0]?.error ?? new Error('The replicator ended too early.');
    });
    // Awaited only in the races below.
    stopped.catch(() => undefined);
    return await Promise.race([
      stopped,
      go({ lab, table, destination, replicator, heard, stop: controller.signal, running }),
    ]);
  } finally {
    controller.abort(new Error('The check has ended.'));
    unlink();
    await Promise.allSettled(running);
    await destination.close();
    aws.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Living {
  readonly lab: Lab;
  readonly table: LabTable;
  readonly destination: OperableDestination;
  readonly replicator: Replicator;
  readonly heard: Heard;
  readonly stop: AbortSignal;
  /** Settled before anything is closed. */
  readonly running: Promise<unknown>[];
}

async function go({ lab, table, destination, replicator, heard, stop, running }: Living): Promise<Life> {
  const { clock, log } = lab;
  const time = { now: () => clock.now(), sleep: (ms: number) => clock.sleep(ms) };
  const begunAt = clock.now();
  const writer = writeUntil(lab, table.name, stop);
  running.push(writer.ended);
  log('loading');
  const published = await ready(async () => heard.published, 'the table is not loaded', {
    ...time,
    everyMs: SECOND,
    longestMs: EXPORT_PATIENCE_MS,
  });
  const loadMs = clock.now() - begunAt;
  await clock.sleep(PHASE_MS);
  log('verifying');
  const verified = await replicator.verify(table.name);
  const { arn } = await switchStream(lab, table.name, undefined);
  log('the stream is off');
  await clock.sleep(GAP_MS);
  const next = await switchStream(lab, table.name, 'NEW_IMAGE');
  log('the stream is on again; healing');
  const gapAt = clock.now();
  const healed = await ready(async () => heard.healed, 'the gap is not healed', {
    ...time,
    everyMs: SECOND,
    longestMs: EXPORT_PATIENCE_MS,
  });
  const healMs = clock.now() - gapAt;
  await clock.sleep(PHASE_MS);
  const writes = await writer.stop();
  log('comparing');
  const wanted = await scanned(lab, table.name);
  const compared = await equalRows(wanted, destination, time);
  return {
    writes,
    loadedRows: published.rows ?? 0,
    loadMs,
    verifyDifferences: verified.differences,
    comparedRows: verified.rowsCompared,
    hasOtherArn: arn !== next.arn,
    healMs,
    healWindows: healed.windows,
    healLines: healed.lines,
    rereadKeys: healed.reread,
    billedBytes: healed.billedBytes,
    rows: wanted.size,
    ...compared,
  };
}

interface Heard {
  published: { readonly rows: number | undefined } | undefined;
  healed:
    | {
        readonly windows: number;
        readonly lines: number;
        readonly reread: number;
        readonly billedBytes: number;
      }
    | undefined;
}

function listen(events: Events): Heard {
  const heard: Heard = { published: undefined, healed: undefined };
  events.on('pipeline.published', (event) => (heard.published ??= event));
  events.on('pipeline.healed', (event) => (heard.healed = event));
  return heard;
}

/** Compares until the rows are equal, or the time is over. */
async function equalRows(
  wanted: Rows,
  destination: OperableDestination,
  { now, sleep }: { now(): number; sleep(ms: number): Promise<void> },
) {
  const end = now() + EQUAL_PATIENCE_MS;
  for (;;) {
    const { columns, rows } = await destination.query(`SELECT * FROM ${DESTINATION_TABLE}`);
    const found = differences(wanted, columns, rows);
    if (found.missing + found.extra + found.different === 0 || now() >= end) return found;
    await sleep(EQUAL_EVERY_MS);
  }
}

function settingsFor({ bucket, region }: Lab, { name }: LabTable): Settings {
  return settingsOf({
    tables: [{ name, destinationTable: DESTINATION_TABLE }],
    bucket: `${bucket}/life`,
    to: 'life.duckdb',
    region,
    onGap: 'heal',
    // Seconds do not matter here, and AWS bills each read.
    poll: POLL,
    yes: true,
  });
}
