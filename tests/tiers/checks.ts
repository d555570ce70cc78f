import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { cpuMs, killTree } from './process-tree';
import type { Tier } from './tier';
import type { Time } from './times';

const ROOT = join(__dirname, '../..');

/** A script of package.json that checks the code without running it. */
export type Check = 'types' | 'lint' | 'format:check' | 'boundaries' | 'unused';

/** Runs first, because it also compiles the specs. */
export const FIRST: Check = 'types';
/** Run one after the other while the specs run. */
export const BESIDE: Readonly<Record<Tier, readonly Check[]>> = {
  quick: ['lint', 'format:check', 'boundaries'],
  full: ['lint', 'format:check', 'boundaries', 'unused'],
  rest: ['unused'],
};

export interface CheckResult extends Time {
  readonly passed: boolean;
  readonly output: string;
}

const running = new Set<number>();

/** Ends the running checks. */
export async function endChecks(): Promise<void> {
  await Promise.all([...running].map(killTree));
}

export async function runCheck(check: Check): Promise<CheckResult> {
  const before = { wall: performance.now(), cpu: cpuMs() };
  const child = spawn('npm', ['run', '--silent', check], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // On Windows npm is a script.
    shell: process.platform === 'win32',
  });
  if (child.pid !== undefined) running.add(child.pid);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (child.pid !== undefined) running.delete(child.pid);
  return {
    name: `npm run ${check}`,
    passed: code === 0,
    output,
    wallMs: performance.now() - before.wall,
    // One check runs at a time, and the specs' workers end later, so the increase is the check's.
    cpuMs: cpuMs() - before.cpu,
  };
}
