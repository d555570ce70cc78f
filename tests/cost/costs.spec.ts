import assert from 'node:assert/strict';
import { PRICES, PRICES_AS_OF } from '../../cost/prices';
import { costsOfStack, costsOfTable, exportCostUsd } from '../../cost/costs';

const amounts = (costs: readonly { what: string; when: string; usd: number }[]) =>
  Object.fromEntries(costs.map(({ what, when, usd }) => [`${what} (${when})`, Number(usd.toFixed(4))]));

describe('costs', () => {
  it('of a table depend on its size, its shards and what is already on', () => {
    const table = { name: 'orders', sizeBytes: 50 * 2 ** 30, hasRecovery: false, openShards: 5 };
    assert.deepEqual(
      amounts(costsOfTable(table, { idleReadMs: 5_000, idleReadsPerSecond: 200, exportDays: 15 }, PRICES)),
      {
        // 50 GB × 0.10
        'orders: export (once)': 5,
        // 50 GB × half a month × 0.023
        'orders: export, kept for 15 days (once)': 0.575,
        // 50 GB × 0.20
        'orders: point-in-time recovery (a month)': 10,
        // 5 shards × 730 h × 720 reads × 0.02 per 100,000
        'orders: stream, 5 idle shards (a month)': 0.5256,
      },
    );
    const known = costsOfTable(
      { ...table, hasRecovery: true },
      { idleReadMs: 5_000, idleReadsPerSecond: 200, exportDays: 15 },
      PRICES,
    );
    assert.equal(amounts(known)['orders: point-in-time recovery (already on) (a month)'], 0);
  });

  it('of verifies on a schedule are those of their exports, each of the whole table', () => {
    const table = { name: 'orders', sizeBytes: 50 * 2 ** 30, hasRecovery: true, openShards: 5 };
    const habits = { idleReadMs: 5_000, idleReadsPerSecond: 200, exportDays: 15 };
    const without = costsOfTable(table, habits, PRICES);
    const weekly = costsOfTable(table, { ...habits, verifyEveryMs: 7 * 86_400_000 }, PRICES);
    assert.deepEqual(weekly.slice(0, without.length), without);
    assert.deepEqual(amounts(weekly.slice(without.length)), {
      // 730 h / 168 h × 50 GB × 0.10
      'orders: exports for 4.3 verifies (a month)': 21.7262,
      // 730 h / 168 h × 50 GB × half a month × 0.023
      'orders: these exports, kept for 15 days (a month)': 2.4985,
    });
    const daily = costsOfTable(table, { ...habits, verifyEveryMs: 86_400_000 }, PRICES);
    assert.equal(daily.at(-2)?.usd, (730 / 24) * exportCostUsd(table.sizeBytes));
  });

  it('of a stream stop growing at the most idle reads that a process makes', () => {
    const readsOf = (openShards: number) =>
      costsOfTable(
        { name: 'orders', sizeBytes: 0, hasRecovery: true, openShards },
        { idleReadMs: 5_000, idleReadsPerSecond: 200, exportDays: 15 },
        PRICES,
      ).at(-1)?.usd;
    // 200 reads a second × 730 h × 0.02 per 100,000
    assert.equal(readsOf(1_000)?.toFixed(2), '105.12');
    assert.equal(readsOf(4_000), readsOf(1_000));
  });

  it('of an export are the same in an estimate and in a run', () => {
    const sizeBytes = 10_000_000_000_000;
    const table = { name: 'orders', sizeBytes, hasRecovery: true, openShards: 1 };
    const [inEstimate] = costsOfTable(
      table,
      { idleReadMs: 5_000, idleReadsPerSecond: 200, exportDays: 14 },
      PRICES,
    );
    assert.equal(inEstimate?.usd, exportCostUsd(sizeBytes));
    assert.equal(exportCostUsd(sizeBytes).toFixed(2), '931.32');
    assert.equal(exportCostUsd(0), 0);
  });

  it('of a stack depend on its parts, and are lower on ARM and on spare capacity', () => {
    const parts = {
      cpu: 1024,
      memoryMiB: 2048,
      storageGiB: 120,
      isArm: false,
      isSpot: false,
      metrics: 31,
      alarms: 7,
      dashboards: 1,
      secrets: 2,
      keys: 1,
      interfaces: 10,
      natGateways: 1,
    };
    assert.deepEqual(amounts(costsOfStack(parts, PRICES)), {
      'task: 1 vCPU, x86 (a month)': 29.5504,
      'task: 2 GiB, x86 (a month)': 6.4897,
      'task: 120 GiB of disk, 20 of them free (a month)': 8.103,
      '10 interface endpoints, counted in each zone (a month)': 73,
      '1 NAT gateway (a month)': 32.85,
      '7 alarms (a month)': 0.7,
      '31 metrics (a month)': 9.3,
      '1 dashboard (the first three of an account are free) (a month)': 3,
      '2 secrets (a month)': 0.8,
      '1 KMS key (a month)': 1,
    });
    const sum = (costs: readonly { usd: number }[]) => costs.reduce((total, { usd }) => total + usd, 0);
    const usd = sum(costsOfStack(parts, PRICES));
    assert.ok(sum(costsOfStack({ ...parts, isArm: true }, PRICES)) < usd);
    assert.ok(sum(costsOfStack({ ...parts, isSpot: true }, PRICES)) < usd);
  });

  it('name the source of each price, and their day', () => {
    assert.match(PRICES_AS_OF, /^\d{4}-\d{2}-\d{2}$/);
    for (const [name, { usd, per, source }] of Object.entries(PRICES)) {
      assert.ok(usd > 0 && per !== '', name);
      assert.match(source, /^(unconfirmed|https:\/\/.+)$/, name);
    }
  });
});
