import { type Backoff, backoffMs } from '../../backoff';
import { type ChangedItem, readChangedItems } from '../../export/incremental-lines';
import { DataFileCorrupt, DataFileMissing } from '../../export/errors';
import type { Manifest } from '../../export/manifest';
import type { DataFile } from '../../export/manifest-text';
import { type Change, observeChanges } from '../changes';
import { whileUnavailable } from '../destination-retry';
import type { GenerationRun } from '../generation-run';
import { ColumnsTooNarrow } from '../table-writer';
import { inBatches } from './batches';
import { isMissingObject } from './lost-export';

const SECOND = 1_000;
/** Of a file that arrives damaged. */
const MOST_ATTEMPTS = 3;
/** Of the changes that one set of statements stages, in memory. */
const BATCH_BYTES = 8 * 1024 * 1024;
const BACKOFF: Backoff = { firstMs: 1_000, longestMs: 30_000 };

/**
 * Stages the lines of an incremental export, whose files hold each key at most once altogether. Skips the files that the ledger has. Each
 * file is read twice: first to widen the columns for it and to check it, then to stage it in one transaction.
 * @throws DataFileCorrupt, DataFileMissing, ObjectChanged, AwsFault
 */
export async function stageWindow(run: GenerationRun, manifest: Manifest): Promise<void> {
  const { context, signal, store } = run;
  const { clock, events, pipeline } = context;
  const ledger = await whileUnavailable(context, signal, () => store.readLedger('lines'));
  const staged = new Set(ledger.map(({ file }) => file));
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

async function stageFile(run: GenerationRun, manifest: Manifest, file: DataFile): Promise<void> {
  const { context, signal } = run;
  const { clock, events, pipeline, table } = context;
  for (let attempt = 1; ; attempt++) {
    try {
      await observeFile(run, manifest, file);
      await whileUnavailable(context, signal, () => stageOnce(run, manifest, file));
      events.emit('load.fileCommitted', { pipeline, role: 'lines', file: file.key, items: file.items });
      return;
    } catch (error) {
      // Changes of the stream have widened the columns meanwhile, so that there are too many for a column each.
      if (error instanceof ColumnsTooNarrow) continue;
      if (!(error instanceof DataFileCorrupt) || attempt === MOST_ATTEMPTS) throw error;
      const waitMs = backoffMs(attempt, BACKOFF);
      const { message, what: code } = error;
      events.emit('aws.retry', {
        table: table.name,
        operation: 'GetObject',
        code,
        attempt,
        waitMs,
        message,
      });
      await clock.sleep(waitMs, signal);
    }
  }
}

/** Reads a file to its end, and widens the columns for it. */
async function observeFile(run: GenerationRun, manifest: Manifest, file: DataFile): Promise<void> {
  const { context, signal, writer } = run;
  let wider = writer.catalog;
  for await (const piece of changesOf(run, manifest, file)) wider = observeChanges(piece, wider);
  await whileUnavailable(context, signal, () => writer.widen(wider, signal));
}

/** A stage with unknown outcome may have been committed: the ledger shows it (rule C3). */
async function stageOnce(run: GenerationRun, manifest: Manifest, file: DataFile): Promise<void> {
  const { committer, signal, store, writer } = run;
  if ((await store.readLedger('lines')).some((entry) => entry.file === file.key)) return;
  const { generation } = committer.current.checkpoint;
  const entry = { file: file.key, items: file.items };
  await writer.stage(generation, inBatches(changesOf(run, manifest, file), BATCH_BYTES), entry, signal);
}

async function* changesOf(
  { context, signal }: GenerationRun,
  { bucket }: Manifest,
  file: DataFile,
): AsyncGenerator<readonly Change[], void, undefined> {
  const { aws, clock, parts } = context;
  const { decompress } = parts;
  try {
    for await (const piece of readChangedItems(aws, bucket, file, { clock, signal, decompress }))
      yield piece.map(changeOf);
  } catch (error) {
    throw isMissingObject(error)
      ? new DataFileMissing(`s3://${bucket}/${file.key}`, { cause: error })
      : error;
  }
}

/** Its time is a whole second, like a stream record's. */
function changeOf({ keys, newImage, writtenAt }: ChangedItem): Change {
  return { keys, newImage, createdAt: Math.floor(writtenAt / SECOND) * SECOND };
}
