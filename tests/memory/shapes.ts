import { Random } from '../../simulator/random';

export type Shape = 'flat' | 'nested';

/** Lines of an export file: items in DynamoDB JSON, numbered from `from`. */
export function* exportLines(shape: Shape, from: number): Generator<string, never> {
  const random = new Random(from);
  const item = shape === 'flat' ? order : product;
  for (let i = from; ; i++) yield `{"Item":${JSON.stringify(item(i, random))}}\n`;
}

const WORDS = 'amber basalt cedar delta ember fjord garnet harbor indigo juniper karst lagoon meadow'.split(
  ' ',
);

function sentence(random: Random, words: number): string {
  return Array.from({ length: words }, () => random.pick(WORDS)).join(' ');
}

/** 16 columns, about 530 bytes: numbers of several widths, one of 38 digits. */
function order(i: number, random: Random): object {
  const cents = random.integer(100, 1_000_000);
  return {
    id: { S: `order-${i}` },
    customer: { S: random.hex(16) },
    placedAt: { S: new Date(1_700_000_000_000 + i * 1_000).toISOString() },
    status: { S: random.pick(['open', 'paid', 'shipped', 'returned']) },
    total: { N: (cents / 100).toFixed(2) },
    tax: { N: (cents / 1_000).toFixed(3) },
    quantity: { N: String(random.integer(1, 20)) },
    weight: { N: String(random.integer(1, 50_000)) },
    ledger: { N: `${random.integer(1, 1e9)}${random.integer(1e9, 2e9)}.${random.integer(1e17, 2e17)}` },
    paid: { BOOL: random.chance(0.7) },
    express: { BOOL: random.chance(0.1) },
    warehouse: { S: random.pick(WORDS) },
    coupon: random.chance(0.2) ? { S: random.hex(8) } : { NULL: true },
    signature: { B: Buffer.from(random.hex(24), 'hex').toString('base64') },
    note: { S: sentence(random, 9) },
    version: { N: String(i % 7) },
  };
}

/** One in this many items has a text of 390 KB. */
const LARGE_EVERY = 2_500;

/** Nested documents and sets, about 2.9 KB. */
function product(i: number, random: Random): object {
  return {
    id: { S: `product-${i}` },
    price: { N: (random.integer(100, 1_000_000) / 100).toFixed(2) },
    title: { S: sentence(random, 6) },
    description: {
      S: i % LARGE_EVERY === 7 ? sentence(random, 60_000).slice(0, 390_000) : sentence(random, 60),
    },
    tags: { SS: WORDS.slice(random.integer(0, 6), random.integer(7, 13)) },
    sizes: { NS: ['36', '38.5', '40', '42.25'] },
    maker: {
      M: {
        name: { S: sentence(random, 2) },
        address: {
          M: { street: { S: sentence(random, 3) }, city: { S: random.pick(WORDS) }, floor: { N: '3' } },
        },
      },
    },
    variants: {
      L: Array.from({ length: 9 }, (_, n) => ({
        M: {
          sku: { S: random.hex(12) },
          stock: { N: String(random.integer(0, 500)) },
          price: { N: `${random.integer(1, 900)}.${random.integer(10, 99)}` },
          color: { S: random.pick(WORDS) },
          measures: { L: [{ N: String(n) }, { N: '2.50' }, { N: '3.75' }] },
          active: { BOOL: true },
        },
      })),
    },
    reviews: {
      L: Array.from({ length: 4 }, () => ({
        M: {
          by: { S: random.hex(8) },
          stars: { N: '4' },
          text: { S: sentence(random, 12) },
          reply: { NULL: true },
        },
      })),
    },
  };
}
