import assert from 'node:assert/strict';
import { costsOfTable } from '../../cost/costs';
import { PRICES } from '../../cost/prices';
import { readStackFile } from '../../review/stack-file';
import { verifiedTables, verifyPrices } from '../../review/verifies';

const GB = 2 ** 30;

const fileWith = (tables: readonly object[], every?: string, expirationDays?: number) =>
  readStackFile(
    JSON.stringify({
      config: {
        'aws:region': 'eu-west-1',
        'dynamodb-replicator:tables': tables,
        ...(every !== undefined && { 'dynamodb-replicator:settings': { verify: { every } } }),
        ...(expirationDays !== undefined && { 'dynamodb-replicator:exportBucket': { expirationDays } }),
      },
    }),
  );

const orders = { name: 'orders' };
const customers = { name: 'customers' };
const NONE = new Map<string, number>();

describe('scheduled verifies in a review', () => {
  it('cost what `estimate` reports', () => {
    const sizeBytes = 12.5 * GB;
    const [line, ...others] = verifyPrices(
      fileWith([orders]),
      fileWith([orders], '7d', 30),
      new Map([['orders', sizeBytes]]),
    );
    assert.deepEqual(others, []);
    const planned = { name: 'orders', sizeBytes, hasRecovery: true, openShards: 1 };
    const habits = {
      idleReadMs: 5_000,
      idleReadsPerSecond: 100,
      exportDays: 30,
      verifyEveryMs: 7 * 86_400_000,
    };
    const estimated = costsOfTable(planned, habits, PRICES)
      .filter(({ what, when }) => when === 'a month' && what.includes('exports'))
      .reduce((sum, { usd }) => sum + usd, 0);
    assert.match(
      line ?? '',
      /^Per month, 4\.3 verifies of \*\*orders\*\*: \*\*\$[\d.]+\*\* \(12\.5 GB, \$0\.53 per GB\)$/,
    );
    assert.equal(/\*\*\$([\d.]+)\*\*/.exec(line ?? '')?.[1], estimated.toFixed(2));
  });

  it('have a price per GB while the size of the table is not known, and no command where the stack creates it', () => {
    const created = { name: 'carts', management: 'Managed', create: { partitionKey: { name: 'id' } } };
    assert.deepEqual(verifyPrices(undefined, fileWith([orders, created], '1d'), NONE), [
      'Per month, 30.4 verifies of **orders**: $3.37 per GB of the table; `npx dynamodb-replicator estimate --table orders --verify-every 1d --region eu-west-1` reads its size',
      'Per month, 30.4 verifies of **carts**: $3.37 per GB of the table',
    ]);
  });

  const weekly = fileWith([orders], '7d');
  for (const [what, after, names] of [
    ['a new table', fileWith([orders, customers], '7d'), ['customers']],
    ['another schedule', fileWith([orders, customers], '1d'), ['orders', 'customers']],
    ['exports that are kept longer', fileWith([orders], '7d', 90), ['orders']],
    ['the same schedule in other words', fileWith([orders], '168h'), []],
    ['no schedule', fileWith([orders]), []],
  ] as const)
    it(`are reported where they cost something else: ${what}`, () => {
      assert.deepEqual(
        verifiedTables(weekly, after).map(({ name }) => name),
        names,
      );
      const lines = verifyPrices(weekly, after, NONE);
      if (what === 'no schedule') assert.deepEqual(lines, ['Scheduled verifies, and their exports, end']);
      else assert.equal(lines.length, names.length);
    });

  it('are not mentioned where there never were any', () => {
    assert.deepEqual(verifyPrices(fileWith([orders]), fileWith([orders, customers]), NONE), []);
    assert.deepEqual(verifyPrices(undefined, fileWith([orders]), NONE), []);
  });
});
