import { readFileSync } from 'node:fs';

/** What one contender needed in one round, in its own process. */
export interface Measured {
  readonly seconds: number;
  /** User and system time of the process during the work. */
  readonly cpuSeconds: number;
  /** The main thread's share; `undefined` if the system does not report it. The rest is used by threads of zlib and the engine. */
  readonly mainCpuSeconds?: number | undefined;
  /** Peak resident memory of the process. */
  readonly peakBytes: number;
  readonly items: number;
  /** Uncompressed size of the export. */
  readonly bytes: number;
}

/** Runs work and measures it. Only the memory includes what the process did before. */
export async function measure(
  work: () => Promise<{ readonly items: number; readonly bytes: number }>,
): Promise<Measured> {
  const before = process.cpuUsage();
  const mainBefore = mainThreadSeconds();
  const startedMs = performance.now();
  const done = await work();
  const seconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const mainAfter = mainThreadSeconds();
  return {
    ...done,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    mainCpuSeconds: mainAfter === undefined ? undefined : mainAfter - (mainBefore ?? 0),
    peakBytes: peakBytes(),
  };
}

/** CPU time of this process's main thread so far; `undefined` if the system does not report it. */
export function mainThreadSeconds(): number | undefined {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e9;
  } catch {
    return undefined;
  }
}

/** Of this process. On Linux a child's `maxRSS` starts at its parent's, so the kernel's high-water mark is better. */
export function peakBytes(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Not on Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
