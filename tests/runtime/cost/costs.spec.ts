import assert from 'node:assert/strict';
import { UnusablePrices, withPrices } from '../../../runtime/cost/own-prices';
import { PRICES, PRICES_AS_OF } from '../../../runtime/cost/prices';
import { costsOfTable, costsOfTask } from '../../../runtime/cost/replicated-table';

const amounts = (costs: readonly { what: string; when: string; usd: number }[]) =>
  Object.fromEntries(costs.map(({ what, when, usd }) => [`${what} (${when})`, Number(usd.toFixed(4))]));

describe('costs', () => {
  it('of a table are by its size, its shards and what is on already', () => {
    const table = { name: 'orders', sizeBytes: 50_000_000_000, hasRecovery: false, openShards: 5 };
    assert.deepEqual(amounts(costsOfTable(table, { idleReadMs: 5_000, exportDays: 15 }, PRICES)), {
      // 50 GB × 0.10
      'orders: export (once)': 5,
      // 50 GB × half a month × 0.023
      'orders: export, kept for 15 days (once)': 0.575,
      // 50 GB × 0.20
      'orders: recovery (a month)': 10,
      // 5 shards × 730 h × 720 reads × 0.02 per 100,000
      'orders: stream, 5 idle shards (a month)': 0.5256,
    });
    const known = costsOfTable(
      { ...table, hasRecovery: true },
      { idleReadMs: 5_000, exportDays: 15 },
      PRICES,
    );
    assert.equal(amounts(known)['orders: recovery, on already (a month)'], 0);
  });

  it('of a task are by its size, cheaper on ARM and on spare capacity', () => {
    const task = { cpu: 1024, memoryMiB: 2048, isArm: false, isSpot: false, tables: 2 };
    assert.deepEqual(amounts(costsOfTask(task, PRICES)), {
      'task: 1 vCPU (a month)': 29.5504,
      'task: 2 GiB (a month)': 6.4897,
      '7 alarms (a month)': 0.7,
      '31 metrics (a month)': 9.3,
    });
    const sum = (costs: readonly { usd: number }[]) => costs.reduce((total, { usd }) => total + usd, 0);
    assert.ok(sum(costsOfTask({ ...task, isArm: true }, PRICES)) < sum(costsOfTask(task, PRICES)));
    assert.ok(sum(costsOfTask({ ...task, isSpot: true }, PRICES)) < sum(costsOfTask(task, PRICES)));
  });

  it('say of each price where it is from, as of a day', () => {
    assert.match(PRICES_AS_OF, /^\d{4}-\d{2}-\d{2}$/);
    for (const [name, { usd, per, source }] of Object.entries(PRICES)) {
      assert.ok(usd > 0 && per !== '', name);
      assert.match(source, /^(unconfirmed|https:\/\/.+)$/, name);
    }
  });

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
