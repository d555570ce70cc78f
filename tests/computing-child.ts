import type { ChildProcess } from 'node:child_process';
import { cpuMsOfTree } from './tiers/process-tree';
import { progress } from './tiers/progress';

const LOOK_EVERY_MS = 5_000;
/** Many times what any child needs, so that one in an endless loop is detected. */
const MOST_CPU_MS = 300_000;

/**
 * For a child that computes for long without output: its CPU time and that of what it starts count as progress, up to this
 * limit.
 */
export function reportsByItsCpuTime(child: ChildProcess): void {
  let before = 0;
  const look = setInterval(() => {
    const spent = child.pid === undefined ? 0 : cpuMsOfTree(child.pid);
    if (spent > before && spent < MOST_CPU_MS) progress();
    before = spent;
  }, LOOK_EVERY_MS);
  child.once('close', () => clearInterval(look));
}
