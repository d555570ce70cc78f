import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { progress } from './tiers/progress';

const LOOK_EVERY_MS = 5_000;
/** Many times what any of them needs: a child that computes for ever is found out by this. */
const MOST_CPU_SECONDS = 300;
const TICKS_PER_SECOND = 100;

/** For a child that works for long without a word: until then, its CPU time is what shows that it gets further. */
export function reportsByItsCpuTime(child: ChildProcess): void {
  let before = 0;
  const look = setInterval(() => {
    const seconds = cpuSeconds(child.pid);
    if (seconds > before && seconds < MOST_CPU_SECONDS) progress();
    before = seconds;
  }, LOOK_EVERY_MS);
  child.once('close', () => clearInterval(look));
}

/** 0 where there is no /proc, and when the process has ended. */
function cpuSeconds(pid: number | undefined): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may hold anything, the state is field 3; its times and its ended children's are fields 14 to 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}
