import assert from 'node:assert/strict';
import { CallRate } from '../../../runtime/aws/call-rate';
import { VirtualClock } from '../../simulation/virtual-clock';

describe('runtime/aws/call-rate', () => {
  it('gives at most so many turns a second, in the order they were asked for', async () => {
    const clock = new VirtualClock();
    const rate = new CallRate(clock, 5);
    const turns: [number, number][] = [];
    const all = Array.from({ length: 11 }, async (_, index) => {
      await rate.turn();
      turns.push([index, clock.elapsedMs()]);
    });
    const began = clock.elapsedMs();
    await clock.run(Promise.all(all));
    assert.deepEqual(
      turns.map(([index, at]) => [index, at - began]),
      Array.from({ length: 11 }, (_, index) => [index, index * 200]),
    );
  });

  it('lets the first call after a pause go at once, and no more than one', async () => {
    const clock = new VirtualClock();
    const rate = new CallRate(clock, 5);
    await rate.turn();
    await clock.advance(10_000);
    const began = clock.elapsedMs();
    await rate.turn();
    assert.equal(clock.elapsedMs(), began);
    await clock.run(rate.turn());
    assert.equal(clock.elapsedMs(), began + 200);
  });

  it('ends with the reason of the signal', async () => {
    const clock = new VirtualClock();
    const rate = new CallRate(clock, 1);
    await rate.turn();
    const leaving = new AbortController();
    const waiting = rate.turn(leaving.signal);
    const reason = new Error('leaving');
    leaving.abort(reason);
    await assert.rejects(waiting, reason);
  });
});
