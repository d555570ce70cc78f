import type { Random } from '../../simulator/random';
import type { TypedItem } from './typed-item';
import { sentence } from './words';

const ATTRIBUTES = 60;
const PRESENT = 0.25;

/** The key, a kind, and about a quarter of 60 attributes, each a string, a number or a boolean; about 590 bytes. */
export function sighting(number: number, random: Random): TypedItem {
  const item: Record<string, object> = {
    id: { S: `sighting-${number}` },
    kind: { S: random.pick(['bird', 'bat', 'drone']) },
  };
  for (let i = 0; i < ATTRIBUTES; i++) {
    if (random.chance(PRESENT)) item[`attribute_${String(i).padStart(2, '0')}`] = value(i, random);
  }
  return item;
}

function value(i: number, random: Random): object {
  switch (i % 6) {
    case 0:
      return { N: String(random.integer(0, 100_000)) };
    case 1:
      return { N: String(random.integer(11, 1_000_000) / 100) };
    case 2:
      return { BOOL: random.chance(0.5) };
    default:
      return { S: sentence(random, 3) };
  }
}
