import { rmSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

let files = 0;

/**
 * Rows in a file beside the database, which DuckDB reads with its own threads. The driver's own functions would run
 * on our thread, and text would have to be parsed again. It is never synced and soon removed, so most of it never
 * reaches the disk.
 */
export class RowFile {
  private constructor(private readonly path: string) {}

  /** @throws what the file system throws. Then it leaves no file behind. */
  static async write(database: string, pieces: readonly Uint8Array[]): Promise<RowFile> {
    const file = new RowFile(join(rowFolder(database), `${++files}.parquet`));
    await mkdir(dirname(file.path), { recursive: true, mode: 0o700 });
    try {
      const handle = await open(file.path, 'wx', 0o600);
      try {
        let rest = pieces;
        while (rest.length > 0) rest = without(rest, (await handle.writev([...rest])).bytesWritten);
      } finally {
        await handle.close();
      }
    } catch (error) {
      await file.remove();
      throw error;
    }
    return file;
  }

  /** The rows as a table, in SQL. */
  get sql(): string {
    const exactly = this.path.replace(/[*?[]/g, '[$&]').replaceAll("'", "''");
    return `read_parquet('${exactly}', hive_partitioning = false)`;
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

/** Removes the row files that a killed process left, and their folder. */
export function clearRowFiles(database: string): void {
  rmSync(rowFolder(database), { recursive: true, force: true });
}

/** The remaining pieces. On a full disk a write ends early without an error, and only the next one fails. */
function without(pieces: readonly Uint8Array[], written: number): readonly Uint8Array[] {
  let bytes = written;
  let first = 0;
  for (; first < pieces.length && bytes >= (pieces[first] as Uint8Array).length; first++) {
    bytes -= (pieces[first] as Uint8Array).length;
  }
  const rest = pieces.slice(first);
  return bytes === 0 ? rest : [(rest[0] as Uint8Array).subarray(bytes), ...rest.slice(1)];
}

function rowFolder(database: string): string {
  return `${database}.rows`;
}
