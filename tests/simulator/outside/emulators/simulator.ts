import { Simulator } from '../../../../simulator';
import type { Emulator } from './emulator';

/** Our simulator, with one shard per table and without delays, like the other emulators. */
export async function startSimulator(): Promise<Emulator> {
  const { url, close } = await new Simulator({ knobs: { partitions: 1 } }).listen();
  return { name: 'simulator', url, stop: close };
}
