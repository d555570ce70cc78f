import { readFileSync } from 'node:fs';

/** What one contender took for its work in one round, in a process of its own. */
export interface Measured {
  readonly seconds: number;
  /** User and system time of the process during the work. */
  readonly cpuSeconds: number;
  /** What of it was the main thread's; `undefined` where the system does not tell. The rest is zlib's and the engine's threads'. */
  readonly mainCpuSeconds?: number | undefined;
  /** The most memory the process ever had resident. */
  readonly peakBytes: number;
  readonly items: number;
  /** Of the export, uncompressed. */
  readonly bytes: number;
}

/** Runs work and measures it. What the process did before is not counted, but in its memory. */
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

/** Time that this process's main thread had a core so far; `undefined` where the system does not tell. */
export function mainThreadSeconds(): number | undefined {
  try {
    const [nanoseconds] = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ');
    return Number(nanoseconds) / 1e9;
  } catch {
    return undefined;
  }
}

/** Of this process. A child's `maxRSS` begins with what its parent had on Linux, so that the kernel's own mark is better. */
export function peakBytes(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // Only Linux has it.
  }
  return process.resourceUsage().maxRSS * 1024;
}
