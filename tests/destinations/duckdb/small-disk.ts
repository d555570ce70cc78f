import { spawnSync } from 'node:child_process';

/**
 * Mounts a disk of this many MiB at a folder. Returns a function that unmounts it; `undefined` if mounting is not
 * allowed.
 */
export function mountSmallDisk(folder: string, mebibytes: number): (() => void) | undefined {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder]);
  return status === 0 ? () => void spawnSync('umount', [folder]) : undefined;
}
