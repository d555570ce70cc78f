import assert from 'node:assert/strict';
import { onePerZone } from '../../../../infra/plan/network/zones';

describe('the subnets of an interface endpoint', () => {
  it('are the first of each zone, as AWS refuses two of one zone', () => {
    const subnets = ['a1', 'b1', 'a2', 'c1', 'b2'].map((id) => ({ id, zone: id.slice(0, 1) }));
    assert.deepEqual(onePerZone(subnets), ['a1', 'b1', 'c1']);
  });
});
