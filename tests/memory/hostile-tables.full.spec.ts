import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { progress } from '../tiers/progress';
import { skipLoudly } from '../skip-loudly';
import { canMeasure } from './measured-load';

const TABLES = 20;
const SHARDS = 4;
const ROUNDS = 2;
/** Node's share of the container's memory: garbage may grow up to this before it is collected. */
const HEAP_MIB = 400;
/** Limit within the 1,024 MiB that the stack gives the container by default. */
const LIMIT_BYTES = 700 * 2 ** 20;

describe(`memory: ${TABLES} tables with pages that take sixty times their size in memory`, () => {
  it(`are followed with less than ${LIMIT_BYTES / 2 ** 20} MiB`, async function () {
    if (!canMeasure)
      skipLoudly(this, 'this system does not report the peak memory of a process (/proc/<pid>/status)');
    const child = fork(join(__dirname, 'hostile-tables.ts'), [TABLES, SHARDS, ROUNDS].map(String), {
      execArgv: [`--max-old-space-size=${HEAP_MIB}`, '-r', join(__dirname, '../load-typescript.cjs')],
      env: { ...process.env, TS_NODE_PROJECT: join(__dirname, '..', '..', 'tsconfig.json') },
    });
    let peakBytes = 0;
    const watch = setInterval(() => {
      const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status(child.pid)) ?? [];
      peakBytes = Math.max(peakBytes, Number(kilobytes ?? 0) * 1_024);
      progress();
    }, 50);
    try {
      const pages = await new Promise<number>((resolve, reject) => {
        child.once('message', (count: number) => resolve(count));
        child.once('exit', (code, signal) => reject(new Error(`The child exited with ${code ?? signal}.`)));
      });
      assert.ok(pages >= TABLES * ROUNDS);
    } finally {
      clearInterval(watch);
      child.kill('SIGKILL');
    }
    console.log(`      peak: ${Math.round(peakBytes / 2 ** 20)} MiB`);
    assert.ok(peakBytes > 0 && peakBytes < LIMIT_BYTES, `${Math.round(peakBytes / 2 ** 20)} MiB`);
  });
});

function status(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
