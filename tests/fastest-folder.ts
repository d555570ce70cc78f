import { existsSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const IN_MEMORY = '/dev/shm';
/** For all that test processes write at a time. */
const ROOM_BYTES = 8 * 1024 ** 3;

/**
 * Where temporary files are made: in memory, where there is room, as nothing has to wait for a disk there. A database of
 * PostgreSQL is hundreds of files, and each test makes one; each commit of DuckDB waits until the disk has it.
 */
export function fastestFolder(): string {
  if (process.env['TMPDIR'] !== undefined || !existsSync(IN_MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize < ROOM_BYTES ? tmpdir() : IN_MEMORY;
}
