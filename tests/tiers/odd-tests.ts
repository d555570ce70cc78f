import { reached } from './figures';

/** Tests for `spec-worker.spec.ts`, which runs them. */
describe('odd tests', () => {
  it('leaves an unhandled rejection behind', async () => {
    setImmediate(() => void Promise.reject(new Error('nobody waits for this')));
    // It ends only by the rejection, whenever that is noticed.
    await new Promise(() => undefined);
  });

  it('passes', () => reached('passed oddly'));
});
