import { availableParallelism } from 'node:os';
import type { ReadLimits } from './read-order';

const READS_A_CORE = 16;
const MOST_READS = 64;
/** Reads of idle shards, over all streams of a process. A read costs about 1 ms of CPU: 200 leave most of a core free. */
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
