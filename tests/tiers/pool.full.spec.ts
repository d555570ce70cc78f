import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Behaviour } from './odd-worker';
import { type Outcome, Pool } from './pool';
import { isAlive } from './process-tree';
import { progress } from './progress';

/** Shorter than 90 s, and longer than a worker takes to start on a busy machine. */
const STALL_MS = 8_000;
/** The one that dies comes first, so that a task is left for its successor. */
const ALL: readonly Behaviour[] = ['dies', 'hangs', 'blocks', 'hangs with a child', 'is slow', 'works'];

describe('tests/tiers/pool', () => {
  const outcomes = new Map<Behaviour, Outcome<string>>();

  before(async () => {
    const queue = [...ALL];
    const pool = new Pool<Behaviour, string>({
      module: join(__dirname, 'odd-worker.ts'),
      size: ALL.length - 1,
      stallMs: STALL_MS,
      next: () => queue.shift(),
      done: (task, outcome) => {
        progress();
        outcomes.set(task, outcome);
      },
      late: (why) => assert.fail(why),
    });
    await pool.run();
  });

  it('ends a worker that makes no progress, and shows what it was running and waiting for', () => {
    const { failed } = outcomes.get('hangs')!;
    assert.equal(failed?.during, 'hangs');
    assert.match(failed?.why ?? '', /^no progress for 8 s\nthe last lines of a process/);
  });

  it('ends a worker whose event loop is blocked', () => {
    assert.match(outcomes.get('blocks')?.failed?.why ?? '', /its event loop is blocked/);
  });

  it('ends the processes that a worker started with it, in any process group', async () => {
    const { output } = outcomes.get('hangs with a child')!;
    const pid = Number(/child (\d+)/.exec(output)?.[1]);
    assert.ok(pid > 0, output);
    while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('sets no time limit for a worker that makes progress', () => {
    const { result, wallMs } = outcomes.get('is slow')!;
    assert.equal(result, 'done');
    assert.ok(wallMs > STALL_MS);
  });

  it('loses only the task of a worker that dies', () => {
    assert.deepEqual(outcomes.get('dies')?.failed, { during: 'dies', why: 'its process exited with code 3' });
    assert.equal(outcomes.get('works')?.result, 'done');
  });
});
