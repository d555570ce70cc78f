import { spawnSync } from 'node:child_process';

/** Makes a folder a disk of so many MiB; gives back how to undo it, `undefined` where that is not allowed. */
export function mountSmallDisk(folder: string, mebibytes: number): (() => void) | undefined {
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder]);
  return status === 0 ? () => void spawnSync('umount', [folder]) : undefined;
}
