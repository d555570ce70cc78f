import type { ChildProcess } from 'node:child_process';
import { cpuMsOf } from './tiers/process-tree';
import { progress } from './tiers/progress';

const LOOK_EVERY_MS = 5_000;
/** Many times what any of them needs: a child that computes for ever is found out by this. */
const MOST_CPU_MS = 300_000;

/** For a child that works for long without a word: until then, its CPU time is what shows that it gets further. */
export function reportsByItsCpuTime(child: ChildProcess): void {
  let before = 0;
  const look = setInterval(() => {
    const spent = (child.pid === undefined ? undefined : cpuMsOf(child.pid)) ?? 0;
    if (spent > before && spent < MOST_CPU_MS) progress();
    before = spent;
  }, LOOK_EVERY_MS);
  child.once('close', () => clearInterval(look));
}
