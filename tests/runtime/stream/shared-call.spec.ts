import assert from 'node:assert/strict';
import { SharedCall } from '../../../runtime/stream/shared-call';
import { VirtualClock } from '../../simulation/virtual-clock';

describe('runtime/stream/shared-call', () => {
  let clock: VirtualClock;
  let began: number[];
  let failing: Error | undefined;

  const sharing = () =>
    new SharedCall(async () => {
      const at = clock.elapsedMs();
      began.push(at);
      await clock.sleep(100);
      if (failing) throw failing;
      return at;
    });

  beforeEach(() => {
    clock = new VirtualClock();
    began = [];
    failing = undefined;
  });

  it('makes one call for all who ask at the same time', async () => {
    const shared = sharing();
    const answers = await clock.run(Promise.all([shared.ask(), shared.ask(), shared.ask()]));
    assert.deepEqual(answers, [0, 0, 0]);
    assert.deepEqual(began, [0]);
  });

  it('answers with a call that began after the question, and makes one for all who asked meanwhile', async () => {
    const shared = sharing();
    const first = shared.ask();
    await clock.advance(40);
    const later = [shared.ask(), shared.ask()];
    assert.deepEqual(await clock.run(Promise.all([first, ...later])), [0, 100, 100]);
    assert.equal(await clock.run(shared.ask()), 200);
    assert.deepEqual(began, [0, 100, 200]);
  });

  it('a failed call fails for all who waited for it, but not for the next', async () => {
    const shared = sharing();
    failing = new Error('gone');
    const first = shared.ask();
    const also = shared.ask();
    await clock.advance(50);
    const next = shared.ask();
    next.catch(() => undefined);
    await assert.rejects(clock.run(first), failing);
    await assert.rejects(also, failing);
    failing = undefined;
    assert.equal(await clock.run(next), 100);
  });
});
