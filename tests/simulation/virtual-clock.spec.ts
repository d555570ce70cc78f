import assert from 'node:assert/strict';
import { VirtualClock } from './virtual-clock';

describe('simulation/virtual-clock', () => {
  const DAY = 24 * 3600_000;

  it('jumps to the next sleeper, ordered by wake time, then by the start of the sleep', async () => {
    const clock = new VirtualClock(1000);
    const woken: string[] = [];
    const sleeper = async (name: string, ...naps: number[]) => {
      for (const ms of naps) {
        await clock.sleep(ms);
        woken.push(`${name}@${clock.elapsedMs()}`);
      }
    };
    await clock.run(
      Promise.all([sleeper('a', 300, 100), sleeper('b', DAY), sleeper('c', 50, 350), sleeper('d', 400)]),
    );
    assert.deepEqual(woken, ['c@50', 'a@300', 'd@400', 'c@400', 'a@400', `b@${DAY}`]);
    assert.equal(clock.now(), 1000 + DAY);
  });

  it('keeps the order of many sleepers of random length', async () => {
    const clock = new VirtualClock();
    let seed = 7;
    const random = () => (seed = (seed * 48271) % 2147483647) % 1000;
    const times: number[] = [];
    const nap = async () => {
      for (let count = 0; count < 50; count++) {
        await clock.sleep(random());
        times.push(clock.elapsedMs());
      }
    };
    await clock.run(Promise.all(Array.from({ length: 100 }, nap)));
    assert.equal(times.length, 5000);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => a - b),
    );
  });

  it('with a grain, sleepers wake together, never early', async () => {
    const clock = new VirtualClock(0, 100);
    const woken: number[] = [];
    const nap = async (ms: number) => {
      await clock.sleep(ms);
      woken.push(clock.elapsedMs());
    };
    await clock.run(Promise.all([nap(100), nap(101), nap(150), nap(201)]));
    assert.deepEqual(woken, [100, 200, 200, 300]);
  });

  it('wakes an aborted sleeper at once, and does not wait for it', async () => {
    const clock = new VirtualClock();
    const leaving = new AbortController();
    const reason = new Error('leaving');
    const sleeping = assert.rejects(clock.sleep(DAY, leaving.signal), reason);
    const other = clock.sleep(10);
    leaving.abort(reason);
    await sleeping;
    await clock.run(other);
    assert.equal(clock.elapsedMs(), 10);
    await assert.rejects(clock.sleep(1, leaving.signal), reason);
  });

  it('does not jump while tracked work is under way', async () => {
    const clock = new VirtualClock();
    const order: string[] = [];
    const outside = new Promise<void>((resolve) => setTimeout(resolve, 20)).then(() => order.push('work'));
    const tracked = clock.track(outside);
    await clock.run(clock.sleep(5).then(() => order.push('sleeper')));
    await tracked;
    assert.deepEqual(order, ['work', 'sleeper']);
  });

  it('jumps while tracked work waits for its caller, and not when it goes on', async () => {
    const clock = new VirtualClock();
    const start = clock.now();
    const real = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    const work = clock.trackCalling(async (calledBack) => {
      await real(5);
      const before = clock.now() - start;
      await calledBack(clock.sleep(1_000));
      await real(5);
      return [before, clock.now() - start];
    });
    void clock.sleep(1_500);
    assert.deepEqual(await clock.run(work), [0, 1_000]);
  });

  it('throws the error of failed work', async () => {
    const clock = new VirtualClock();
    const failure = new Error('broken');
    const outside = new Promise<void>((resolve) => setTimeout(resolve, 5)).then(() =>
      Promise.reject(failure),
    );
    const seen = assert.rejects(clock.track(outside), failure);
    await clock.run(clock.sleep(10));
    await seen;
    await assert.rejects(clock.run(Promise.reject(failure)), failure);
  });

  it('throws when nothing could ever end the wait', async () => {
    const clock = new VirtualClock();
    await assert.rejects(clock.run(new Promise(() => undefined)), /time has stopped/);
  });

  it('advances by a given time and runs everything due until then', async () => {
    const clock = new VirtualClock();
    let naps = 0;
    const napping = (async () => {
      while (naps < 100) {
        await clock.sleep(10);
        naps += 1;
      }
    })();
    await clock.advance(95);
    assert.equal(naps, 9);
    assert.equal(clock.elapsedMs(), 95);
    await clock.advance(5);
    assert.equal(naps, 10);
    await clock.run(napping);
  });
});
