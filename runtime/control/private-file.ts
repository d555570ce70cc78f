import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes or replaces a file that only its owner can read. The file is never half written, and never open to others, not even for
 * a moment. A file or link that somebody else has put beside it is neither written to nor followed.
 * @throws errors of the file system; the file is then unchanged
 */
export async function writePrivately(file: string, text: string): Promise<void> {
  // Nobody can have created a file of this name before.
  const fresh = `${file}.${randomBytes(8).toString('hex')}.new`;
  const handle = await open(fresh, 'wx', 0o600);
  try {
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}
