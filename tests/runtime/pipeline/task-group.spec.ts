import assert from 'node:assert/strict';
import { GroupEnded, runTogether } from '../../../runtime/pipeline/task-group';

describe('pipeline/task-group', () => {
  const untilAborted = (signal: AbortSignal) =>
    new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));

  it('ends when all tasks have ended', async () => {
    let ended = 0;
    const task = async () => void ended++;
    await runTogether(new AbortController().signal, [task, task, task]);
    assert.equal(ended, 3);
  });

  it('throws the first failure once all the others have ended', async () => {
    const failure = new Error('first');
    let reason: unknown;
    const running = runTogether(new AbortController().signal, [
      () => Promise.reject(failure),
      async (signal) => {
        try {
          await untilAborted(signal);
        } finally {
          await new Promise((resolve) => setImmediate(resolve));
          reason = signal.reason;
        }
      },
    ]);
    await assert.rejects(running, (error) => error === failure);
    assert.ok(reason instanceof GroupEnded, 'the other task had ended when the failure was thrown');
  });

  it('passes an abort on with its reason', async () => {
    const controller = new AbortController();
    const running = runTogether(controller.signal, [untilAborted, untilAborted]);
    const reason = new Error('stop');
    controller.abort(reason);
    await assert.rejects(running, (error) => error === reason);
    await assert.rejects(runTogether(controller.signal, [async (signal) => signal.throwIfAborted()]), reason);
  });
});
