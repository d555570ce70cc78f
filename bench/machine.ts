import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import type { Machine } from './results';

export function machine(): Omit<Machine, 'load' | 'postgres'> {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.version,
  };
}

/** Processes that wanted a core, over the last minute. */
export function loadAverage(): number {
  return loadavg()[0] ?? 0;
}
