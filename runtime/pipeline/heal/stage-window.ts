import { DataFileCorrupt } from '../../export/errors';
import { ColumnsTooNarrow, untilStored } from '../../export/file-attempts';
import { type ChangedItem, readChangedItems } from '../../export/incremental-lines';
import type { Manifest } from '../../export/manifest';
import type { DataFile } from '../../export/manifest-text';
import { type Change, observeChanges } from '../changes';
import { whileUnavailable } from '../destination-retry';
import { fileRetries } from '../file-retries';
import type { GenerationRun } from '../generation-run';
import { inBatches } from './batches';

const SECOND = 1_000;
/** Of the changes that one set of statements stages, in memory. */
const BATCH_BYTES = 8 * 1024 * 1024;

/**
 * Stages the lines of an incremental export, whose files hold each key at most once altogether. Skips the files that the ledger has.
 * One file after the other: several at a time made no heal measurably faster, as the database is the slower part.
 * @throws DataFileCorrupt after three attempts; DataFileMissing, ColumnsNotSettled, ObjectChanged, AwsFault
 */
export async function stageWindow(run: GenerationRun, manifest: Manifest): Promise<void> {
  const { clock, events, pipeline } = run.context;
  const staged = await readLedger(run);
  const startedMs = clock.elapsedMs();
  const done = { files: 0, items: 0 };
  for (const file of manifest.files) {
    if (!staged.has(file.key)) await stageFile(run, manifest, file);
    done.files++;
    done.items += file.items;
    events.emit('load.progress', {
      pipeline,
      role: 'lines',
      ...done,
      filesTotal: manifest.files.length,
      itemsTotal: manifest.itemCount,
      bytes: 0,
      elapsedMs: clock.elapsedMs() - startedMs,
    });
  }
}

/** Stages a file in one transaction. Only if the table's columns do not hold it, it is read once more, to widen them for all of it. */
async function stageFile(run: GenerationRun, manifest: Manifest, file: DataFile): Promise<void> {
  const { context, committer, signal, writer } = run;
  const { events, pipeline } = context;
  const { generation } = committer.current.checkpoint;
  const entry = { file: file.key, items: file.items };
  let needsWider = false;
  await untilStored(fileRetries(run, manifest.bucket, whatHappens), {
    attempt: async () => {
      if (needsWider) await widenFor(run, manifest, file);
      try {
        const batches = inBatches(changesOf(run, manifest, file), BATCH_BYTES);
        await writer.stage(generation, batches, entry, signal);
      } catch (error) {
        needsWider = error instanceof ColumnsTooNarrow;
        throw error;
      }
      return true;
    },
    lookUp: async () => (await readLedger(run)).has(file.key),
  });
  events.emit('load.fileCommitted', { pipeline, role: 'lines', ...entry });
}

/** A damaged file ends this heal, and not the pipeline (rule G3). */
function whatHappens(error: Error): string {
  return error instanceof DataFileCorrupt
    ? `${error.finding} Reading it again. If it stays damaged, the gap will be healed by other exports, from the same time on.`
    : error.message;
}

async function widenFor(run: GenerationRun, manifest: Manifest, file: DataFile): Promise<void> {
  const { context, signal, writer } = run;
  let wider = writer.catalog;
  for await (const piece of changesOf(run, manifest, file)) wider = observeChanges(piece, wider);
  await whileUnavailable(context, signal, () => writer.widen(wider, signal));
}

/** The staged files. */
async function readLedger({ context, signal, store }: GenerationRun): Promise<ReadonlySet<string>> {
  const ledger = await whileUnavailable(context, signal, () => store.readLedger('lines'));
  return new Set(ledger.map(({ file }) => file));
}

async function* changesOf(
  { context, signal }: GenerationRun,
  { bucket }: Manifest,
  file: DataFile,
): AsyncGenerator<readonly Change[], void, undefined> {
  const { aws, clock, parts } = context;
  const { decompress } = parts;
  for await (const piece of readChangedItems(aws, bucket, file, { clock, signal, decompress }))
    yield piece.map(changeOf);
}

/** Its time is a whole second, like a stream record's. */
function changeOf({ keys, newImage, writtenAt }: ChangedItem): Change {
  return { keys, newImage, createdAt: Math.floor(writtenAt / SECOND) * SECOND };
}
