import assert from 'node:assert/strict';
import { PRICES } from '../../cost/prices';
import { UnusablePrices, withPrices } from '../../planning/own-prices';

describe('costs', () => {
  it('take prices of one’s own, which name their file', () => {
    const prices = withPrices('eu.json', '{"exportGb": 0.114}');
    assert.deepEqual(prices.exportGb, { ...PRICES.exportGb, usd: 0.114, source: 'eu.json' });
    assert.deepEqual(prices.getRecords, PRICES.getRecords);
  });

  for (const [text, reason] of [
    ['{"exprotGb": 1}', /there is no price exprotGb/],
    ['{"exportGb": "1"}', /exportGb is no price/],
    ['{"exportGb": -1}', /exportGb is no price/],
    ['[]', /it is no object/],
    ['{', /eu\.json: /],
  ] as const)
    it(`refuse ${text}`, () => {
      assert.throws(
        () => withPrices('eu.json', text),
        (error) => {
          assert.ok(error instanceof UnusablePrices);
          assert.match(error.message, reason);
          return true;
        },
      );
    });
});
