import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type Outcome, Pool } from './pool';
import type { SpecResult, SpecTask } from './spec-result';

describe('tests/tiers/spec-worker', () => {
  it('fails the test during which a promise rejects unhandled', async () => {
    const queue: SpecTask[] = [{ paths: [join(__dirname, 'odd-tests.ts')] }];
    const outcomes: Outcome<SpecResult>[] = [];
    const pool = new Pool<SpecTask, SpecResult>({
      module: join(__dirname, 'spec-worker.ts'),
      size: 1,
      next: () => queue.shift(),
      done: (_task, outcome) => outcomes.push(outcome),
      late: (why) => assert.fail(why),
    });
    await pool.run();
    const [outcome] = outcomes;
    assert.deepEqual(
      [outcome?.result?.passing, outcome?.result?.failures, outcome?.result?.figures],
      [1, ['odd tests leaves an unhandled rejection behind: nobody waits for this'], { 'passed oddly': 1 }],
      outcome?.output,
    );
  });
});
