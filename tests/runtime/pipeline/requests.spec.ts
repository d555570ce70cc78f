import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { Requests } from '../../../runtime/pipeline/requests';
import type { VerifyReport } from '../../../runtime/pipeline/verify';

const REPORT = {} as VerifyReport;

describe('runtime/pipeline/requests', () => {
  it('leaves no listener on its signal, however many requests it executes', async () => {
    const requests = new Requests();
    const stop = new AbortController();
    const executing = requests.execute(() => Promise.resolve(REPORT), stop.signal);
    const listeners = () => getEventListeners(stop.signal, 'abort').length;
    for (let count = 0; count < 20; count++) {
      assert.equal(await requests.verify({ sample: 1 }), REPORT);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(listeners(), 1, 'it waits for the next request');
    const reason = new Error('stop');
    stop.abort(reason);
    await assert.rejects(executing, reason);
    assert.equal(listeners(), 0);
  });

  it('ends while it waits, and at once if its signal has already aborted', async () => {
    const requests = new Requests();
    const reason = new Error('stop');
    const verify = () => assert.fail('nobody asked');
    await assert.rejects(requests.execute(verify, AbortSignal.abort(reason)), reason);
    const stop = new AbortController();
    const executing = requests.execute(verify, stop.signal);
    stop.abort(reason);
    await assert.rejects(executing, reason);
  });
});
