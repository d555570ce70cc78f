import { finalMessage, ReplicatorError } from '../../../runtime/errors';
import type {
  ControlPlace,
  DestinationRequirement,
  PipelineStore,
  OperableDestination,
  PipelineRecord,
  QueryResult,
  TableTarget,
} from '../../../runtime/destinations/destination';
import { memoryDialect } from '../memory-dialect';
import { MemoryDestination } from '../memory';
import type { MemoryHooks, MemoryStore, StoredPipeline } from '../memory-store';
import { PHRASE, ToyFile } from './toy-file';

export interface ToySettings {
  readonly path: string;
  readonly mostBytes: number | undefined;
}

/**
 * The memory destination, made durable: each commit replaces the file. Only one process at a time writes it. Any
 * process may read what is committed.
 */
export class ToyDestination implements OperableDestination {
  readonly dialect = memoryDialect;
  private readonly file: ToyFile;
  /** In the process that holds the file: what is committed, and possibly one transaction more. */
  private held: MemoryStore | undefined;

  constructor(
    private readonly settings: ToySettings,
    private readonly hooks: Pick<MemoryHooks, 'beforeWrite'> = {},
  ) {
    this.file = new ToyFile(settings.path, settings.mostBytes);
  }

  get location(): string {
    return `toy file ${this.settings.path}`;
  }

  get control(): ControlPlace {
    return { kind: 'file', destinationFile: this.settings.path, phrase: PHRASE };
  }

  async lease(target: TableTarget): Promise<PipelineStore> {
    await this.probe();
    const held = this.held as MemoryStore;
    return new MemoryDestination(held, { ...this.hooks, afterCommit: () => this.commit(held) }).lease(target);
  }

  async inspect(pipeline: string): Promise<PipelineRecord | undefined> {
    return new MemoryDestination(this.held ?? this.file.read()).inspect(pipeline);
  }

  async probe(): Promise<void> {
    this.file.lock();
    this.held ??= this.file.read();
  }

  async check(): Promise<readonly DestinationRequirement[]> {
    const requirement = 'destination reachable and writable';
    try {
      await this.probe();
      return [{ requirement, met: true, found: this.location, fix: undefined }];
    } catch (error) {
      if (!(error instanceof ReplicatorError)) throw error;
      return [{ requirement, met: false, found: finalMessage(error), fix: undefined }];
    }
  }

  async pipelines(): Promise<readonly string[]> {
    return [...(this.held ?? this.file.read()).pipelines.keys()];
  }

  /** Its only query is the name of a pipeline. */
  async query(pipeline: string): Promise<QueryResult> {
    const stored = (this.held ?? this.file.read()).pipelines.get(pipeline);
    const rows = [...(stored?.tables.visible.values() ?? [])];
    return {
      columns: stored?.columns.map(({ name }) => name) ?? [],
      rows: rows.map(({ cells }) => cells.map((cell) => (cell === null ? null : String(cell)))),
    };
  }

  async close(): Promise<void> {
    this.held = undefined;
    this.file.unlock();
  }

  /** Restores the pipelines that leases hold to the content of the file, if that could not be written. */
  private commit(held: MemoryStore): void {
    try {
      this.file.write(held);
    } catch (error) {
      const committed = this.file.read();
      for (const [name, pipeline] of held.pipelines) {
        const before: StoredPipeline | undefined = committed.pipelines.get(name);
        if (before === undefined) held.pipelines.delete(name);
        else Object.assign(pipeline, before);
      }
      throw error;
    }
  }
}
