import assert from 'node:assert/strict';
import { SharedLock } from '../../../runtime/pipeline/shared-lock';

describe('pipeline/shared-lock', () => {
  const settled = () => new Promise((resolve) => setImmediate(resolve));

  it('admits sharers together and an owner alone, in the order in which they asked', async () => {
    const lock = new SharedLock();
    const course: string[] = [];
    const first = await lock.acquireShared();
    const second = await lock.acquireShared();
    const owner = lock.exclusive(async () => {
      course.push('owner in');
      await settled();
      course.push('owner out');
    });
    const late = lock.acquireShared().then((release) => {
      course.push('late sharer');
      release();
    });
    await settled();
    assert.deepEqual(course, [], 'the owner waits for both sharers, the late sharer for the owner');
    first();
    first();
    await settled();
    assert.deepEqual(course, [], 'releasing a share twice counts once');
    second();
    await Promise.all([owner, late]);
    assert.deepEqual(course, ['owner in', 'owner out', 'late sharer']);
  });

  it('is free again after work that failed', async () => {
    const lock = new SharedLock();
    await assert.rejects(
      lock.exclusive(() => Promise.reject(new Error('no'))),
      /no/,
    );
    (await lock.acquireShared())();
    assert.equal(await lock.exclusive(() => Promise.resolve(7)), 7);
  });
});
