import { availableParallelism } from 'node:os';
import type { ReadLimits } from './read-order';

const READS_A_CORE = 16;
const MOST_READS = 64;
/** Of idle shards, over all streams of a process. A read costs about 1 ms of CPU: so many leave most of a core to everything else. */
export const IDLE_READS_PER_SECOND = 200;

/** The limits of a process, from the setting `poll.concurrentReads`. */
export function readLimits(
  concurrentReads: number | undefined,
  cores: number = availableParallelism(),
): ReadLimits {
  return {
    concurrentReads: concurrentReads ?? Math.min(MOST_READS, READS_A_CORE * cores),
    idleReadsPerSecond: IDLE_READS_PER_SECOND,
  };
}
