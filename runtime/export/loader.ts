import { linkedController } from '../abort';
import type { AwsServices } from '../aws/services';
import type { LedgerEntry, Load } from '../destinations/destination';
import type { BlockDecoder } from '../item/block-decoder';
import type { Catalog } from '../item/catalog';
import { MalformedLine } from '../item/malformed';
import { type Decompress, readBlocks } from './data-file';
import { corruptLine } from './errors';
import { ColumnsTooNarrow, type Repeating, untilStored } from './file-attempts';
import type { DataFile } from './manifest';

/** Where rows are loaded: the pipeline's TableWriter. */
export interface LoadTarget {
  readonly catalog: Catalog;
  widen(wanted: Catalog): Promise<void>;
  /** Opens a load with the table's present columns, which do not change until it ends. */
  openLoad(): Promise<{ readonly catalog: Catalog; readonly load: Load }>;
  readLedger(): Promise<readonly LedgerEntry[]>;
}

export interface LoaderOptions extends Repeating {
  readonly aws: AwsServices;
  readonly files: readonly DataFile[];
  readonly target: LoadTarget;
  readonly decoder: BlockDecoder;
  /** Files read at the same time, each in its own transaction. */
  readonly concurrency: number;
  /** Small files share a transaction up to about this many uncompressed bytes. */
  readonly transactionBytes: number;
  readonly decompress?: Decompress;
  readonly onProgress: (progress: LoadProgress) => void;
  readonly onCommitted: (file: LedgerEntry) => void;
}

export interface LoadProgress {
  /** Files in the ledger, including those that earlier processes loaded. */
  readonly files: number;
  readonly items: number;
  /** Uncompressed bytes that this process read. */
  readonly bytes: number;
}

/**
 * Loads every file of a manifest that is not in the ledger yet (rules P1, X1), in any order, each exactly once.
 * Columns are widened only between transactions: when a file needs wider columns, it is scanned to its end, its
 * transaction is rolled back, the table is widened, and the file is read again.
 * @throws DataFileCorrupt naming the file, after three attempts; DataFileMissing, ColumnsNotSettled
 */
export async function loadFiles(options: LoaderOptions): Promise<void> {
  const ledger = await options.target.readLedger();
  const loaded = new Set(ledger.map(({ file }) => file));
  const loader = new Loader(
    options,
    options.files.filter(({ key }) => !loaded.has(key)),
    { files: loaded.size, items: ledger.reduce((sum, { items }) => sum + items, 0), bytes: 0 },
  );
  await loader.run();
}

/** A file needs columns that the table does not have yet. */
class WiderColumns extends ColumnsTooNarrow {
  constructor(
    file: string,
    readonly catalog: Catalog,
  ) {
    super(file);
  }
}

class Loader {
  private readonly waiting: DataFile[];
  private readonly stop: AbortController;
  private readonly unlink: () => void;

  constructor(
    private readonly options: LoaderOptions,
    files: readonly DataFile[],
    private progress: LoadProgress,
  ) {
    this.waiting = [...files];
    ({ controller: this.stop, unlink: this.unlink } = linkedController(options.signal));
  }

  async run(): Promise<void> {
    const { concurrency } = this.options;
    let failure: { readonly error: unknown } | undefined;
    const worker = async () => {
      try {
        while (this.waiting.length > 0) await this.loadNext();
      } catch (error) {
        failure ??= { error };
        this.stop.abort(error);
      }
    };
    this.options.onProgress(this.progress);
    await Promise.all(Array.from({ length: concurrency }, worker));
    this.unlink();
    if (failure) throw failure.error;
  }

  /** Takes a file off the list, and perhaps more with it, and retries until all are in the ledger. */
  private async loadNext(): Promise<void> {
    const group = this.waiting.splice(0, 1);
    const { target } = this.options;
    await untilStored(
      { ...this.options, signal: this.stop.signal },
      {
        attempt: async () => {
          try {
            await this.loadGroup(group);
          } catch (error) {
            if (error instanceof WiderColumns) await target.widen(error.catalog);
            throw error;
          }
          return group.length === 0;
        },
        lookUp: async () => {
          await this.forgetLoaded(group);
          return group.length === 0;
        },
      },
    );
  }

  /** Loads the files of `group`, and more while they are small, in one transaction. Leaves in `group` the files still to load. */
  private async loadGroup(group: DataFile[]): Promise<void> {
    const { catalog, load } = await this.options.target.openLoad();
    const done: LedgerEntry[] = [];
    const pending = { items: 0, bytes: 0 };
    let open = true;
    const commit = async () => {
      open = false;
      try {
        await load.commit(done);
      } catch (error) {
        this.advance({ items: -pending.items, bytes: -pending.bytes });
        throw error;
      }
      group.splice(0, done.length);
      this.advance({ files: done.length });
      for (const entry of done) this.options.onCommitted(entry);
    };
    try {
      for (let file = group[0]; file !== undefined; file = group[done.length]) {
        let items = 0;
        let fresh = true;
        for await (const block of this.blocks(file)) {
          const decoded = this.understood(file, items, () =>
            this.options.decoder.decode(block, catalog, load.sink),
          );
          if (decoded.wider) {
            if (!fresh || done.length === 0) throw await this.observeFile(file, decoded.wider);
            await commit();
            return;
          }
          fresh = false;
          await load.flush(decoded.deadLetters);
          items += decoded.items;
          pending.items += decoded.items;
          pending.bytes += block.length;
          this.advance({ items: decoded.items, bytes: block.length });
        }
        done.push({ file: file.key, items });
        if (group.length === done.length && pending.bytes < this.options.transactionBytes) {
          group.push(...this.waiting.splice(0, 1));
        }
      }
      await commit();
    } finally {
      if (open) {
        await load.rollback();
        this.advance({ items: -pending.items, bytes: -pending.bytes });
      }
    }
  }

  /** Scans a whole file for the columns it needs, so that it is rolled back once and not once per block. */
  private async observeFile(file: DataFile, from: Catalog): Promise<WiderColumns> {
    let catalog = from;
    let items = 0;
    for await (const block of this.blocks(file)) {
      const observed = this.understood(file, items, () => this.options.decoder.observe(block, catalog));
      catalog = observed.catalog;
      items += observed.items;
    }
    return new WiderColumns(file.key, catalog);
  }

  /** @param before lines of the file before this block @throws DataFileCorrupt */
  private understood<T>(file: DataFile, before: number, decode: () => T): T {
    try {
      return decode();
    } catch (error) {
      if (!(error instanceof MalformedLine)) throw error;
      throw corruptLine(`s3://${this.options.bucket}/${file.key}`, 'an item', before, error);
    }
  }

  private blocks(file: DataFile): AsyncIterable<Uint8Array> {
    const { aws, bucket, clock, decompress } = this.options;
    return readBlocks(aws, bucket, file, { clock, signal: this.stop.signal, decompress });
  }

  private advance(by: { files?: number; items?: number; bytes?: number }): void {
    this.progress = {
      files: this.progress.files + (by.files ?? 0),
      items: this.progress.items + (by.items ?? 0),
      bytes: this.progress.bytes + (by.bytes ?? 0),
    };
    this.options.onProgress(this.progress);
  }

  /** A commit with unknown outcome may have happened (rule C3); the ledger shows it. */
  private async forgetLoaded(group: DataFile[]): Promise<void> {
    const loaded = new Set((await this.options.target.readLedger()).map(({ file }) => file));
    for (let i = group.length - 1; i >= 0; i--) {
      const file = group[i] as DataFile;
      if (!loaded.has(file.key)) continue;
      group.splice(i, 1);
      this.advance({ files: 1, items: file.items });
    }
  }
}
