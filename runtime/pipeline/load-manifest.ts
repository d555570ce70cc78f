import { withResync } from '../errors';
import { type LoadTarget, loadFiles } from '../export/loader';
import type { Manifest } from '../export/manifest';
import { whileUnavailable } from './destination-retry';
import { fileRetries } from './file-retries';
import type { GenerationRun } from './generation-run';
import { resyncCommand } from './resync-command';

/**
 * Loads the files of an export that are not loaded yet, and emits progress. They go into a generation's shadow table, or into the
 * table that `verify` compares with.
 * @throws DataFileCorrupt, DataFileMissing, ColumnsNotSettled, AwsFault, StaleGeneration
 */
export async function loadManifest(
  { context, store, writer, committer, signal }: GenerationRun,
  role: 'shadow' | 'verify',
  manifest: Manifest,
): Promise<void> {
  const { aws, clock, events, parts, pipeline, settings } = context;
  const { generation } = committer.current.checkpoint;
  const startedMs = clock.elapsedMs();
  const stored = <T>(work: () => Promise<T>) => whileUnavailable(context, signal, work);
  const target: LoadTarget = {
    get catalog() {
      return writer.catalog;
    },
    widen: (wanted) => stored(() => writer.widen(wanted, signal)),
    openLoad: () => writer.openLoad(role, generation, signal),
    readLedger: () => stored(() => store.readLedger(role)),
  };
  const run = { context, signal };
  await loadFiles({
    ...fileRetries(run, manifest.bucket, ({ message }) =>
      withResync(message, () => resyncCommand(context.table.name, settings)),
    ),
    aws,
    files: manifest.files,
    target,
    decoder: parts.decoder,
    decompress: parts.decompress,
    concurrency: settings.load.connections ?? (await stored(() => store.loadConnections())),
    transactionBytes: settings.load.transactionBytes,
    onProgress: ({ files, items, bytes }) =>
      events.emit('load.progress', {
        pipeline,
        role,
        files,
        filesTotal: manifest.files.length,
        items,
        itemsTotal: manifest.itemCount,
        bytes,
        elapsedMs: clock.elapsedMs() - startedMs,
      }),
    onCommitted: ({ file, items }) => events.emit('load.fileCommitted', { pipeline, role, file, items }),
  });
}
