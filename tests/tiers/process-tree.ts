import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Time for processes that clean up once their parent is gone, such as the guard of a database server. */
const GRACE_MS = 3_000;
const LOOK_EVERY_MS = 50;

/** Kills a process, then all processes that it started and that do not end with it, in any process group. */
export async function killTree(pid: number): Promise<void> {
  const started = descendants(pid);
  kill(pid);
  for (let waited = 0; started.some(isAlive) && waited < GRACE_MS; waited += LOOK_EVERY_MS)
    await pause(LOOK_EVERY_MS);
  started.forEach(kill);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has already ended.
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function descendants(pid: number): number[] {
  const pairs = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const below = (parent: number): number[] =>
    pairs.filter(([, its]) => its === parent).flatMap(([child]) => [child, ...below(child)]);
  return below(pid);
}

const MS_PER_TICK = 10;

/** CPU time of this process and its ended children, in ms; without children if there is no /proc. */
export function cpuMs(): number {
  const spent = cpuMsOf(process.pid);
  if (spent !== undefined) return spent;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** The same for any process; `undefined` without /proc, or if it has ended. */
export function cpuMsOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may contain any character. After it, the state is field 3 and the four times are fields 14 to 17.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks) * MS_PER_TICK, 0);
  } catch {
    return undefined;
  }
}

/** The same for a process and all that it started. */
export function cpuMsOfTree(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, one) => sum + (cpuMsOf(one) ?? 0), 0);
}
