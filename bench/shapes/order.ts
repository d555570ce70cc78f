import type { Random } from '../../simulator/random';
import type { TypedItem } from './typed-item';
import { sentence, WORDS } from './words';

/** 16 attributes, about 530 bytes. Numbers are as DynamoDB writes them, without trailing zeros. */
export function order(number: number, random: Random): TypedItem {
  const cents = random.integer(100, 1_000_000);
  return {
    id: { S: `order-${number}` },
    customer: { S: random.hex(16) },
    placedAt: { S: new Date(1_700_000_000_000 + (number % 1e9) * 1_000).toISOString() },
    status: { S: random.pick(['open', 'paid', 'shipped', 'returned']) },
    total: { N: String(cents / 100) },
    tax: { N: String(cents / 1_000) },
    quantity: { N: String(random.integer(1, 20)) },
    weight: { N: String(random.integer(1, 50_000)) },
    ledger: { N: `${random.integer(1e8, 1e9)}${random.integer(1e9, 2e9)}.${random.integer(1e17, 2e17)}7` },
    paid: { BOOL: random.chance(0.7) },
    express: { BOOL: random.chance(0.1) },
    warehouse: { S: random.pick(WORDS) },
    coupon: random.chance(0.2) ? { S: random.hex(8) } : { NULL: true },
    signature: { B: Buffer.from(random.hex(24), 'hex').toString('base64') },
    note: { S: sentence(random, 9) },
    version: { N: String(number % 7) },
  };
}
