import assert from 'node:assert/strict';
import { bytes, count, duration, instant, price, tableOf } from '../../../runtime/observe/figures';

describe('figures', () => {
  const cases: [shown: string, expected: string][] = [
    [count(0), '0'],
    [count(999), '999'],
    [count(1_000), '1,000'],
    [count(1_234_567), '1,234,567'],
    [duration(400), '0 s'],
    [duration(59_600), '1 min'],
    [duration(200_000), '3 min 20 s'],
    [duration(4 * 3_600_000 + 300_000), '4 h 5 min'],
    [duration(51 * 3_600_000), '2 d 3 h'],
    [bytes(0), '0 B'],
    [bytes(999), '999 B'],
    [bytes(1_400_000), '1.4 MB'],
    [bytes(999_999), '1.0 MB'],
    [bytes(20_000_000_000), '20.0 GB'],
    [bytes(123_456_789_000_000), '123 TB'],
    [price(0.0001), 'less than $0.01'],
    [price(0.1), 'about $0.10'],
    [price(1_234.567), 'about $1,234.57'],
    [instant(0), '1970-01-01 00:00:00 UTC'],
    [tableOf('123456789012/eu-west-1/orders'), 'orders'],
    [tableOf('orders'), 'orders'],
  ];
  for (const [shown, expected] of cases) it(`shows ${expected}`, () => assert.equal(shown, expected));
});
