import { execFile, fork } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { PYTHON_VARIABLE, pythonProgram } from '../contenders/outside';
import type { Measured } from '../measured';
import { type Input, readInput } from '../shapes/input';
import type { Job } from './job';

/** Runs a job in a child process and returns its answer. @throws Error with the child's message, or when it takes longer than `longestMs` */
export function startJob<Answer>(job: Job, longestMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'main.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), longestMs);
    let settled = false;
    const settle = (how: () => void) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      how();
    };
    child.once('message', (message: { readonly answer?: Answer; readonly failure?: string }) => {
      const { answer, failure } = message;
      child.once('exit', () =>
        settle(() => (failure === undefined ? resolve(answer as Answer) : reject(new Error(failure)))),
      );
    });
    child.once('error', (error) => settle(() => reject(error)));
    child.once('exit', (code, signal) => {
      if (code === 0) return;
      const why =
        signal === 'SIGKILL'
          ? `was killed: over ${longestMs} ms, or out of memory`
          : `exited with code ${code}`;
      setImmediate(() => settle(() => reject(new Error(`The process for ${describe(job)} ${why}.`))));
    });
    child.send(job);
  });
}

/** Like `startJob`, for the contender in Python. */
export async function startPython(job: Job & { kind: 'contender' }, longestMs: number): Promise<Measured> {
  const input: Input = readInput(job.inputs, job.shape);
  const [file] = input.files;
  if (file === undefined) throw new Error(`No export files in ${job.inputs}.`);
  const { stdout } = await promisify(execFile)(
    String(process.env[PYTHON_VARIABLE]),
    [pythonProgram(), file.path],
    { timeout: longestMs },
  );
  return { ...(JSON.parse(stdout) as Omit<Measured, 'bytes'>), bytes: file.bytes };
}

function describe(job: Job): string {
  switch (job.kind) {
    case 'generate':
      return `generate ${job.shape}`;
    case 'contender':
      return `${job.contender} (${job.shape})`;
    case 'streaming':
    case 'latency':
      return `${job.kind} into ${job.engine}`;
    case 'shards':
      return `following ${job.open} shards, writes: ${job.writes}`;
  }
}
