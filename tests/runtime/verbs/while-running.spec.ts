import assert from 'node:assert/strict';
import { ReplicatorError } from '../../../runtime/errors';
import { CutShort } from '../../../runtime/pipeline/requests';
import type { RunOutcome } from '../../../runtime/replicator';
import type { Session } from '../../../runtime/verbs/session';
import { whileRunning } from '../../../runtime/verbs/while-running';

class TestGap extends ReplicatorError {
  readonly kind = 'gap';
}

describe('work while a replicator runs', () => {
  it('ends with the error that stops the pipeline, which follows the end of the work', async () => {
    const gap = new TestGap('A gap.');
    const run = (signal: AbortSignal) =>
      new Promise<RunOutcome>((resolve) => {
        signal.addEventListener('abort', () => resolve({ failed: [] }));
        setTimeout(() => resolve({ failed: [{ table: 'orders', error: gap }] }), 50);
      });
    const session = { run } as unknown as Session;
    const work = () => Promise.reject(new CutShort('verify'));
    await assert.rejects(whileRunning(session, new AbortController().signal, 'verify', work), gap);
  });
});
