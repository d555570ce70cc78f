/** Tests for `spec-worker.spec.ts`, which runs them. */
describe('odd tests', () => {
  it('leaves an unhandled rejection behind', async () => {
    setImmediate(() => void Promise.reject(new Error('nobody waits for this')));
    await new Promise((resolve) => setTimeout(resolve, 50));
  });

  it('passes', () => undefined);
});
