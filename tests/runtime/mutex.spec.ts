import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Mutex } from '../../runtime/mutex';

describe('mutex', () => {
  it('runs one piece of work at a time, in order of arrival', async () => {
    const mutex = new Mutex();
    const seen: string[] = [];
    const work = (name: string, turns: number) =>
      mutex.run(async () => {
        seen.push(`${name} begins`);
        for (let turn = 0; turn < turns; turn++) await setImmediate();
        seen.push(`${name} ends`);
        return name;
      });
    assert.deepEqual(await Promise.all([work('a', 3), work('b', 0), work('c', 1)]), ['a', 'b', 'c']);
    assert.deepEqual(seen, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('continues after a failure', async () => {
    const mutex = new Mutex();
    const failed = mutex.run(() => Promise.reject(new Error('no')));
    const next = mutex.run(async () => 'done');
    await assert.rejects(failed, /^Error: no$/);
    assert.equal(await next, 'done');
  });
});
