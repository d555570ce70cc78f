import type { Random } from '../../simulator/random';
import type { TypedItem } from './typed-item';
import { sentence, WORDS } from './words';

/** One in this many items has a text of 390 KB. */
const LARGE_EVERY = 2_500;

/** Nested documents and sets, about 2.9 KB. */
export function product(number: number, random: Random): TypedItem {
  const isLarge = number % LARGE_EVERY === 7;
  return {
    id: { S: `product-${number}` },
    price: { N: String(random.integer(100, 1_000_000) / 100) },
    title: { S: `${sentence(random, 5)} “${random.pick(WORDS)}”` },
    description: { S: isLarge ? sentence(random, 64_000).slice(0, 390_000) : sentence(random, 42) },
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
    variants: { L: Array.from({ length: 9 }, (_, i) => variant(i, random)) },
    reviews: { L: Array.from({ length: 4 }, () => review(random)) },
  };
}

function variant(i: number, random: Random): object {
  return {
    M: {
      sku: { S: random.hex(12) },
      stock: { N: String(random.integer(0, 500)) },
      price: { N: String(random.integer(100, 90_000) / 100) },
      color: { S: random.pick(WORDS) },
      measures: { L: [{ N: String(i) }, { N: '2.5' }, { N: '3.75' }] },
      active: { BOOL: true },
    },
  };
}

function review(random: Random): object {
  return {
    M: {
      by: { S: random.hex(8) },
      stars: { N: '4' },
      text: { S: sentence(random, 12) },
      reply: { NULL: true },
    },
  };
}
