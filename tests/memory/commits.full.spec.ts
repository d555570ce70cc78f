import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sized } from '../seeds';
import { progress } from '../tiers/progress';
import type { Memory } from './committing';

const COMMITS = sized(1_000);
const SETTLED_AFTER = Math.min(5_000, COMMITS / 2);
/** Garbage collection makes resident memory fluctuate. */
const WINDOW = SETTLED_AFTER / 2;
/** With few commits the process is still warming up. */
const MOST = COMMITS < 100_000 ? 1.5 : 1.1;

describe('memory: commits to DuckDB', () => {
  it(`${COMMITS} commits need no more memory than ${SETTLED_AFTER}`, async () => {
    const told = await commitsOf(COMMITS);
    const settled = leastBetween(told, SETTLED_AFTER - WINDOW, SETTLED_AFTER);
    const end = leastBetween(told, COMMITS - WINDOW, COMMITS);
    const figures = `${Math.round(settled / 1e6)} MB after ${SETTLED_AFTER}, ${Math.round(end / 1e6)} MB at the end`;
    console.log(`      ${figures}`);
    assert.ok(end < MOST * settled, figures);
  });
});

async function commitsOf(commits: number): Promise<readonly Memory[]> {
  const folder = mkdtempSync(join(tmpdir(), 'replicator-memory-'));
  const told: Memory[] = [];
  try {
    const child = fork(join(__dirname, 'committing.ts'), [join(folder, 'orders.duckdb'), String(commits)], {
      execArgv: ['-r', join(__dirname, '../load-typescript.cjs')],
    });
    child.on('message', (message: Memory | object) => {
      progress();
      if ('residentBytes' in message) told.push(message);
    });
    const [code] = (await once(child, 'exit')) as [number | null];
    assert.equal(code, 0);
    return told;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function leastBetween(told: readonly Memory[], from: number, to: number): number {
  const between = told.filter(({ commits }) => commits > from && commits <= to);
  return Math.min(...between.map(({ residentBytes }) => residentBytes));
}
