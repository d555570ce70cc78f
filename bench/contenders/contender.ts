import type { Input, InputFile } from '../shapes/input';

/** Input of a contender. */
export interface Task {
  readonly input: Input;
  /** The input's files to read. */
  readonly files: readonly InputFile[];
  /** An empty folder on disk, removed afterwards. */
  readonly folder: string;
  /** Connection URL of its own database, if it needs one. */
  readonly postgresUrl: string | undefined;
}

/** The measured part. */
export interface Work {
  /** Returns how many items it read. */
  run(): Promise<number>;
}

/** Prepares the work; this is not measured. */
export type Contender = (task: Task) => Promise<Work>;

/** Lines of a block, without the newline. */
export function* linesOf(block: Uint8Array): Generator<Buffer, void> {
  const bytes = Buffer.from(block.buffer, block.byteOffset, block.byteLength);
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}

/** Connection URL of the task's database. */
export function databaseOf({ postgresUrl }: Task): string {
  if (postgresUrl === undefined) throw new Error('This contender needs PostgreSQL.');
  return postgresUrl;
}
