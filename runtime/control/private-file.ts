import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Puts a text into a file that only its owner can read, in place of one that is there: never half written, and never open to others,
 * not even for a moment. What somebody else may have left beside it, a file or a link, is neither written to nor followed.
 * @throws what the file system throws; then the file is as it was
 */
export async function writePrivately(file: string, text: string): Promise<void> {
  // Nobody can have made one of this name before.
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
