import assert from 'node:assert/strict';
import { Semaphore } from '../../runtime/semaphore';

describe('semaphore', () => {
  it('lets as many work at a time as it has permits, in order of arrival', async () => {
    const semaphore = new Semaphore(2);
    const began: number[] = [];
    let atOnce = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 9 }, (_, i) =>
        semaphore.run(async () => {
          began.push(i);
          most = Math.max(most, ++atOnce);
          await new Promise(setImmediate);
          atOnce -= 1;
        }),
      ),
    );
    assert.equal(most, 2);
    assert.deepEqual(began, [...began.keys()]);
    assert.ok(!semaphore.isTaken);
  });

  it('releases a permit after a failure', async () => {
    const semaphore = new Semaphore(1);
    const failure = new Error('it failed');
    await assert.rejects(
      semaphore.run(async () => {
        throw failure;
      }),
      failure,
    );
    assert.equal(await semaphore.run(async () => 'next'), 'next');
  });

  it('stops waiting when the signal aborts, and keeps the order of the others', async () => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const stop = new AbortController();
    const reason = new Error('stopped');
    const given = semaphore.acquire(stop.signal);
    const next = semaphore.acquire();
    stop.abort(reason);
    await assert.rejects(given, reason);
    await assert.rejects(semaphore.acquire(stop.signal), reason);
    release();
    (await next)();
    assert.ok(!semaphore.isTaken);
  });
});
