import assert from 'node:assert/strict';
import { CallRate } from '../../../runtime/aws/call-rate';
import { VirtualClock } from '../../simulation/virtual-clock';

describe('runtime/aws/call-rate', () => {
  it('allows at most so many calls in any second, in order of arrival', async () => {
    const clock = new VirtualClock();
    const rate = new CallRate(clock, 5);
    const began = clock.elapsedMs();
    const turns: [number, number][] = [];
    const all = Array.from({ length: 12 }, async (_, index) => {
      if (index >= 3) await clock.sleep(400);
      await rate.turn();
      turns.push([index, clock.elapsedMs() - began]);
    });
    await clock.run(Promise.all(all));
    const at = [0, 0, 0, 400, 400, 1000, 1000, 1000, 1400, 1400, 2000, 2000];
    assert.deepEqual(
      turns,
      at.map((ms, index) => [index, ms]),
    );
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
