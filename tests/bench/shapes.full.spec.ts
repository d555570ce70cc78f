import assert from 'node:assert/strict';
import { type Shape, exportLines, SHAPES } from '../../bench/shapes/shapes';
import { exactCatalog } from './exact-catalog';

/** Average size of an item in bytes, and total number of attributes. */
const EXPECTED: Readonly<Record<Shape, { readonly bytes: number; readonly columns: number }>> = {
  flat: { bytes: 530, columns: 16 },
  nested: { bytes: 3_000, columns: 9 },
  sparse: { bytes: 610, columns: 62 },
};

function lines(shape: Shape, count: number, seed = 1, file = 0): string[] {
  const generator = exportLines(shape, seed, file);
  return Array.from({ length: count }, () => generator.next().value);
}

describe('bench: the shapes of generated exports', () => {
  for (const shape of SHAPES) {
    it(`${shape}: the same for the same seed and file, different for others`, () => {
      assert.deepEqual(lines(shape, 20), lines(shape, 20));
      assert.notDeepEqual(lines(shape, 20), lines(shape, 20, 2));
      assert.notDeepEqual(lines(shape, 20), lines(shape, 20, 1, 1));
    });

    it(`${shape}: no key twice in any files`, () => {
      const all = [0, 1, 2].flatMap((file) => lines(shape, 200, 1, file));
      const keys = all.map((line) => (JSON.parse(line) as { Item: { id: { S: string } } }).Item.id.S);
      assert.equal(new Set(keys).size, keys.length);
    });

    it(`${shape}: items have the expected size and columns`, () => {
      const text = lines(shape, 2_500).join('');
      const { bytes, columns } = EXPECTED[shape];
      const mean = Buffer.byteLength(text) / 2_500;
      assert.ok(Math.abs(mean / bytes - 1) < 0.1, `${mean} bytes`);
      assert.equal(exactCatalog(text).columns.length, columns);
    });
  }

  it('flat has a number of 38 digits', () => {
    for (const line of lines('flat', 100)) {
      const { N } = (JSON.parse(line) as { Item: { ledger: { N: string } } }).Item.ledger;
      assert.equal(N.replace('.', '').length, 38);
    }
  });
});
