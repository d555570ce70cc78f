import type { Input, InputFile } from '../shapes/input';

/** What a contender is given. */
export interface Task {
  readonly input: Input;
  /** Those of the input's files that it reads. */
  readonly files: readonly InputFile[];
  /** An empty folder on disk, removed afterwards. */
  readonly folder: string;
  /** Of a database made for it, where it needs one. */
  readonly postgresUrl: string | undefined;
}

/** What is measured. */
export interface Work {
  /** Returns how many items it took. */
  run(): Promise<number>;
}

/** Gets ready, which is not measured. */
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

/** Address of the database that was made for a task. */
export function databaseOf({ postgresUrl }: Task): string {
  if (postgresUrl === undefined) throw new Error('there is no PostgreSQL');
  return postgresUrl;
}
