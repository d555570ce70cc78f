import assert from 'node:assert/strict';
import { Failures } from '../../../acceptance/checks/failures';

const GOING_ON = { signal: new AbortController().signal };
const STOPPED = { signal: AbortSignal.abort(new Error('stopped')) };

const failing = (name = 'InternalServerError') => Promise.reject(Object.assign(new Error(name), { name }));

describe('acceptance: calls that may fail', () => {
  it('are survived up to a number in a row, and counted', async () => {
    const failures = new Failures(2, 5);
    assert.equal(await failures.survive(GOING_ON, failing), undefined);
    assert.equal(await failures.survive(GOING_ON, failing), undefined);
    assert.equal(await failures.survive(GOING_ON, () => Promise.resolve('answer')), 'answer');
    assert.equal(await failures.survive(GOING_ON, failing), undefined);
    assert.equal(await failures.survive(GOING_ON, failing), undefined);
    assert.equal(failures.count, 9);
    await assert.rejects(failures.survive(GOING_ON, failing), { name: 'InternalServerError' });
    assert.equal(failures.count, 10);
  });

  it('end it at once when a permission is missing or the run is stopped', async () => {
    const failures = new Failures(2);
    await assert.rejects(
      failures.survive(GOING_ON, () => failing('AccessDeniedException')),
      { name: 'AccessDeniedException' },
    );
    await assert.rejects(failures.survive(STOPPED, failing));
    assert.equal(failures.count, 0);
  });
});
