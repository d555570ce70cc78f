import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { DestinationLocked, DestinationUnavailable } from '../../../runtime/destinations/errors';
import { MemoryStore, type StoredPipeline } from '../memory-store';

/** The destination within a sentence. */
export const PHRASE = 'a toy file';

/**
 * Everything that is committed, in one file, which is replaced as a whole. A second file names the process that
 * writes it.
 */
export class ToyFile {
  private locked = false;

  constructor(
    readonly path: string,
    private readonly mostBytes = Infinity,
  ) {}

  /** The last commit, of any process. */
  read(): MemoryStore {
    const store = new MemoryStore();
    if (!existsSync(this.path)) return store;
    const stored = deserialize(readFileSync(this.path)) as Map<string, StoredPipeline>;
    for (const [name, pipeline] of stored) store.pipelines.set(name, pipeline);
    return store;
  }

  /** If the process ends during the write, the file stays as it was. @throws DestinationUnavailable */
  write({ pipelines }: MemoryStore): void {
    const content = serialize(pipelines);
    if (content.byteLength > this.mostBytes) {
      throw new DestinationUnavailable(
        `${this.path} would take ${content.byteLength} bytes, more than toy.mostBytes allows. Raise it.`,
      );
    }
    writeFileSync(`${this.path}.new`, content);
    renameSync(`${this.path}.new`, this.path);
  }

  /** From now on only this object writes the file. @throws DestinationLocked, DestinationUnavailable */
  lock(): void {
    if (this.locked) return;
    const pid = this.holder();
    if (pid !== undefined)
      throw new DestinationLocked(this.path, pid, { phrase: PHRASE, others: 'another replicator' });
    try {
      const lock = openSync(this.lockPath, 'w');
      writeFileSync(lock, String(process.pid));
      closeSync(lock);
    } catch (cause) {
      throw new DestinationUnavailable(`${this.path} cannot be written.`, { cause });
    }
    this.locked = true;
  }

  unlock(): void {
    if (this.locked) rmSync(this.lockPath, { force: true });
    this.locked = false;
  }

  private get lockPath(): string {
    return `${this.path}.lock`;
  }

  /** `undefined`: nobody, or a process that was killed. */
  private holder(): number | undefined {
    if (!existsSync(this.lockPath)) return undefined;
    const pid = Number(readFileSync(this.lockPath, 'utf8'));
    try {
      process.kill(pid, 0);
      return pid;
    } catch {
      return undefined;
    }
  }
}
