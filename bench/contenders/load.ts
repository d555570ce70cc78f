import { LocalClock } from '../../runtime/clock';
import { loadFiles } from '../../runtime/export/loader';
import { ScanningBlockDecoder } from '../../runtime/item/scanner/scanning-block-decoder';
import { Events } from '../../runtime/observe/events';
import { TableWriter } from '../../runtime/pipeline/table-writer';
import { knownCatalog } from '../shapes/input';
import { begin, PIPELINE } from '../begin';
import type { Contender, Task } from './contender';
import { dataFiles, localExport } from './local-export';

/** Default of the setting `load.transactionBytes`. */
const TRANSACTION_BYTES = 128 * 2 ** 20;

/**
 * The replicator's own load of an export, from the first byte until the last commit and the close of the destination. The
 * columns are known, as they are from an export's second file on. It includes neither keys nor the publish.
 */
export function loadInto(toOf: (task: Task) => string): Contender {
  return async (task) => {
    const { destination, store } = await begin(toOf(task), task.input.columns);
    const target = new TableWriter(
      store,
      knownCatalog(task.input.columns, destination.dialect),
      PIPELINE,
      new Events(),
    );
    return {
      async run() {
        let items = 0;
        await loadFiles({
          aws: localExport(),
          clock: new LocalClock(),
          bucket: 'bench',
          files: dataFiles(task.files),
          target: {
            get catalog() {
              return target.catalog;
            },
            widen: (wanted) => target.widen(wanted),
            openLoad: () => target.openLoad('shadow', 1),
            readLedger: () => store.readLedger('shadow'),
          },
          decoder: new ScanningBlockDecoder(),
          concurrency: await store.loadConnections(),
          transactionBytes: TRANSACTION_BYTES,
          onProgress: (progress) => (items = progress.items),
          onCommitted: () => undefined,
          onRetry: (_attempt, _waitMs, error) => {
            throw error;
          },
          signal: new AbortController().signal,
        });
        await store.release();
        await destination.close();
        return items;
      },
    };
  };
}
