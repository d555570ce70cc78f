import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const IN_MEMORY = '/dev/shm';
/** Enough for all files that test processes have at a time. */
const ROOM_BYTES = 8 * 1024 ** 3;

/**
 * The folder for temporary files: in memory if it is large enough, so that nothing waits for a disk. Each test creates a
 * PostgreSQL database of hundreds of files, and each commit of DuckDB waits until the disk has it.
 */
export function fastestFolder(): string {
  if (process.env['TMPDIR'] !== undefined || !existsSync(IN_MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize < ROOM_BYTES ? tmpdir() : IN_MEMORY;
}
