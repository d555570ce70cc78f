import { Simulator } from '../../../../simulator';
import type { Emulator } from './emulator';

/** Ours, with one shard a table and nothing late, as the others are. */
export async function startSimulator(): Promise<Emulator> {
  const { url, close } = await new Simulator({ knobs: { partitions: 1 } }).listen();
  return { name: 'simulator', url, stop: close };
}
