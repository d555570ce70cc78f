import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AttributeValue } from '../../../runtime/item/attribute-value';
import type { ColumnType } from '../../../runtime/item/column';
import { typeOfValue, widen, widenByValue } from '../../../runtime/item/column-type';
import { anyValue, item, runs } from './arbitraries';

const anyType: fc.Arbitrary<ColumnType> = fc.oneof(
  fc.constantFrom<ColumnType>({ kind: 'text' }, { kind: 'binary' }, { kind: 'boolean' }, { kind: 'json' }),
  fc.record(
    {
      kind: fc.constant('number' as const),
      integerDigits: fc.integer({ min: 1, max: 126 }),
      scale: fc.integer({ min: 0, max: 167 }),
      int64: fc.boolean(),
    },
    { noNullPrototype: true },
  ),
);

describe('column types', () => {
  it('widen in any order and grouping to the same type', () => {
    fc.assert(
      fc.property(anyType, anyType, anyType, (a, b, c) => {
        assert.deepEqual(widen(a, b), widen(b, a));
        assert.deepEqual(widen(widen(a, b), c), widen(a, widen(b, c)));
        assert.deepEqual(widen(a, a), a);
      }),
      runs(2000),
    );
  });

  it('stay the same object when nothing is wider, so that no work is done', () => {
    fc.assert(
      fc.property(anyType, anyType, (a, b) => {
        const both = widen(a, b);
        assert.equal(widen(both, a), both);
        assert.equal(widen(both, b), both);
      }),
      runs(1000),
    );
  });

  const number = (integerDigits: number, scale: number, int64: boolean): ColumnType => ({
    kind: 'number',
    integerDigits,
    scale,
    int64,
  });
  const table: [string, AttributeValue, ColumnType | undefined][] = [
    ['S', { S: '' }, { kind: 'text' }],
    ['N', { N: '0' }, number(1, 0, true)],
    ['N with a fraction', { N: '-12.345' }, number(2, 3, false)],
    ['N that is not canonical', { N: '0012.500E1' }, number(3, 0, true)],
    ['N of 64 bits', { N: '-9223372036854775807' }, number(19, 0, true)],
    ['N just above 64 bits', { N: '9223372036854775808' }, number(19, 0, false)],
    ['N with the least exponent', { N: '1E-130' }, number(1, 130, false)],
    ['N with the greatest exponent', { N: '1E125' }, number(126, 0, false)],
    ['B', { B: new Uint8Array() }, { kind: 'binary' }],
    ['BOOL', { BOOL: false }, { kind: 'boolean' }],
    ['M', { M: item({}) }, { kind: 'json' }],
    ['L', { L: [] }, { kind: 'json' }],
    ['SS', { SS: ['a'] }, { kind: 'json' }],
    ['NS', { NS: ['1'] }, { kind: 'json' }],
    ['BS', { BS: [] }, { kind: 'json' }],
    ['NULL', { NULL: true }, undefined],
    ['an invalid number', { N: 'x' }, undefined],
    ['an unreadable value', { unreadable: '{}' }, undefined],
  ];
  for (const [name, value, type] of table) {
    it(`${name} needs ${type === undefined ? 'no column' : JSON.stringify(type)}`, () => {
      assert.deepEqual(typeOfValue(value), type);
    });
  }

  it('widen for a value as for its type', () => {
    fc.assert(
      fc.property(anyType, anyValue(), (type, value) => {
        const own = typeOfValue(value);
        assert.deepEqual(widenByValue(type, value), own === undefined ? type : widen(type, own));
      }),
      runs(1000),
    );
  });
});
