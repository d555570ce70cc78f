import assert from 'node:assert/strict';
import { bestLoads } from '../../../runtime/destinations/postgres/connection/spare-connections';

describe('destination postgres: concurrent loads', () => {
  for (const [spare, cores, loads] of [
    [100, 1, 2],
    [100, 2, 2],
    [100, 3, 3],
    [100, 16, 4],
    [8, 16, 3],
    [7, 2, 2],
    [6, 2, 1],
    [0, 16, 1],
  ] as const) {
    it(`are ${loads} with ${cores} cores and ${spare} free connections`, () => {
      assert.equal(bestLoads(spare, cores), loads);
    });
  }
});
