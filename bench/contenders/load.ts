import { LocalClock } from '../../runtime/clock';
import { openDestination } from '../../runtime/destinations/open';
import type { Lease, OperableDestination } from '../../runtime/destinations/destination';
import { loadFiles } from '../../runtime/export/loader';
import { ScanningBlockDecoder } from '../../runtime/item/scanner/scanning-block-decoder';
import { Events } from '../../runtime/observe/events';
import { TableWriter } from '../../runtime/pipeline/table-writer';
import { placeOf } from '../place';
import { KEY } from '../shapes/shapes';
import { type Input, knownCatalog } from '../shapes/input';
import type { Contender, Task } from './contender';
import { dataFiles, localExport } from './local-export';

/** Default of the setting `load.transactionBytes`. */
const TRANSACTION_BYTES = 128 * 2 ** 20;
export const PIPELINE = '111122223333/eu-west-1/bench';

/**
 * The replicator's own load of an export, from its first byte to the last commit and the destination's end. Columns are known,
 * as they are from the second file of an export on; keys and publishing are not part of it.
 */
export function loadInto(toOf: (task: Task) => string): Contender {
  return async (task) => {
    const { destination, lease } = await begin(toOf(task), task.input);
    const target = new TableWriter(
      lease,
      knownCatalog(task.input, destination.dialect),
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
            readLedger: () => lease.readLedger('shadow'),
          },
          decoder: new ScanningBlockDecoder(),
          concurrency: await lease.loadConnections(),
          transactionBytes: TRANSACTION_BYTES,
          onProgress: (progress) => (items = progress.items),
          onCommitted: () => undefined,
          onRetry: (_attempt, _waitMs, error) => {
            throw error;
          },
          signal: new AbortController().signal,
        });
        await lease.release();
        await destination.close();
        return items;
      },
    };
  };
}

/** A destination whose first generation is being loaded. */
export async function begin(
  to: string,
  input: Input,
): Promise<{ readonly destination: OperableDestination; readonly lease: Lease }> {
  const destination = openDestination(placeOf(to), {
    readSecret: () => Promise.reject(new Error('there are no secrets')),
  });
  const lease = await destination.lease({
    pipeline: PIPELINE,
    schema: undefined,
    table: 'bench',
    keySchema: KEY,
    deletes: 'hard',
  });
  await lease.widen(input.columns);
  await lease.startGeneration(1, { head: 'generation 1', shards: new Map() });
  return { destination, lease };
}
