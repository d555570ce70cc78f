import assert from 'node:assert/strict';
import { PacedClock } from '../../bench/paced-clock';

const DAY = 24 * 3_600_000;

describe('bench: a clock whose pace changes', () => {
  it('wakes a sleeper early when time begins to run faster', async () => {
    const clock = new PacedClock(1, 0);
    const slept = clock.sleep(DAY);
    clock.setPace(1e9);
    await slept;
    assert.ok(clock.elapsedMs() >= DAY);
  });

  it('never goes back when time begins to run slower', async () => {
    const clock = new PacedClock(1e6, 0);
    await clock.sleep(DAY);
    const before = clock.elapsedMs();
    clock.setPace(1);
    assert.ok(clock.elapsedMs() >= before);
  });

  it('leaps without waking anybody', () => {
    const clock = new PacedClock(1, 1_000);
    clock.advance(DAY);
    assert.ok(clock.now() >= DAY + 1_000);
    assert.ok(clock.elapsedMs() < DAY);
  });

  it('rejects a sleep whose signal aborts, or has aborted, with its reason', async () => {
    const clock = new PacedClock(1, 0);
    const [stop, reason] = [new AbortController(), new Error('stopped')];
    const slept = clock.sleep(DAY, stop.signal);
    stop.abort(reason);
    await assert.rejects(slept, reason);
    await assert.rejects(clock.sleep(DAY, stop.signal), reason);
  });
});
