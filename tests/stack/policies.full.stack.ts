import assert from 'node:assert/strict';
import { join } from 'node:path';
import { CONFIGURATION, rulesIn, useCheckedStack } from './checked-stack';
import { ROOT } from './engine';

describe('the policy pack in previews and updates', function () {
  this.bail(true);

  const { stack, configured } = useCheckedStack();

  it('passes the preview with that stack’s configuration, and reports what only an update can check', async () => {
    const { passed, output } = await stack.policies(CONFIGURATION);
    assert.ok(passed, output);
    assert.deepEqual(rulesIn(output, 'mandatory'), []);
    assert.deepEqual(rulesIn(output, 'advisory'), []);
    assert.match(output, /can't run policy 'iam-no-wildcard-resource'/);
  });

  it('reports an advisory finding and passes', async () => {
    const { passed, output } = await configured({ 'ecs-container-insights': { productionStacks: ['*'] } });
    assert.ok(passed, output);
    assert.deepEqual(rulesIn(output, 'advisory'), ['ecs-container-insights']);
  });

  it('fails if that rule is made mandatory', async () => {
    const { passed, output } = await configured({
      'ecs-container-insights': { productionStacks: ['*'], enforcementLevel: 'mandatory' },
    });
    assert.equal(passed, false);
    assert.deepEqual(rulesIn(output, 'mandatory'), ['ecs-container-insights'], output);
  });

  it('finds nothing in the deployed stack, where everything is known', async () => {
    await stack.up('--policy-pack', join(ROOT, 'policy'), '--policy-pack-config', CONFIGURATION);
    const { passed, output } = await stack.policies(CONFIGURATION);
    assert.ok(passed, output);
    assert.deepEqual([...rulesIn(output, 'mandatory'), ...rulesIn(output, 'advisory')], [], output);
    assert.doesNotMatch(output, /can't run policy/);
  });
});
