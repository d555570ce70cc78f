import assert from 'node:assert/strict';
import { PRICES } from '../../cost/prices';
import { UnusablePrices, withPrices } from '../../planning/own-prices';

describe('costs', () => {
  it('use your own prices and name their file', () => {
    const prices = withPrices('eu.json', '{"exportGb": 0.114}');
    assert.deepEqual(prices.exportGb, { ...PRICES.exportGb, usd: 0.114, source: 'eu.json' });
    assert.deepEqual(prices.getRecords, PRICES.getRecords);
  });

  for (const [text, reason] of [
    ['{"exprotGb": 1}', /unknown price exprotGb/],
    ['{"exportGb": "1"}', /exportGb must be a non-negative number/],
    ['{"exportGb": -1}', /exportGb must be a non-negative number/],
    ['[]', /not a JSON object/],
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
