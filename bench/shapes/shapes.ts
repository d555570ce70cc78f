import type { KeySchema } from '../../runtime/item/attribute-value';
import { derivedRandom, type Random } from '../../simulator/random';
import { order } from './order';
import { product } from './product';
import { sighting } from './sighting';
import type { TypedItem } from './typed-item';

/**
 * Kinds of items: `flat` has 16 short attributes, one of them a number of 38 digits; `nested` has documents and sets, about
 * 3 KB, and now and then an item of 390 KB; `sparse` has a quarter of 62 attributes in each item.
 */
export const SHAPES = ['flat', 'nested', 'sparse'] as const;
export type Shape = (typeof SHAPES)[number];

const MAKERS: Readonly<Record<Shape, (number: number, random: Random) => TypedItem>> = {
  flat: order,
  nested: product,
  sparse: sighting,
};

/** The key of every shape. */
export const KEY: KeySchema = { partition: { name: 'id', type: 'S' } };

/** Lines of file number `file` of an export. The same seed gives the same lines. */
export function* exportLines(shape: Shape, seed: number, file: number): Generator<string, never> {
  const random = derivedRandom(seed, `${shape} ${file}`);
  const make = MAKERS[shape];
  for (let number = file * 100_000_000; ; number++) {
    yield `{"Item":${JSON.stringify(make(number, random))}}\n`;
  }
}
