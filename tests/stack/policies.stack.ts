import assert from 'node:assert/strict';
import { rulesIn, useCheckedStack } from './checked-stack';

describe('the policy pack in a preview', () => {
  const { stack } = useCheckedStack();

  it('fails the preview for mandatory findings: the service account’s user and key', async () => {
    const { passed, output } = await stack.policies();
    assert.equal(passed, false);
    assert.deepEqual(
      rulesIn(output, 'mandatory'),
      ['iam-no-long-lived-key', 'iam-no-long-lived-key'],
      output,
    );
  });
});
