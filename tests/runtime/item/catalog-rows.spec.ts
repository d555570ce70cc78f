import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AttributeValue } from '../../../runtime/item/attribute-value';
import { Catalog } from '../../../runtime/item/catalog';
import type { Cell } from '../../../runtime/item/column';
import { documentText } from '../../../runtime/item/document';
import { canonicalNumber } from '../../../runtime/item/number';
import { anyItem, item, keyed, observeAll, options, runs } from './arbitraries';

describe('catalog: rows are exact (rule D1)', () => {
  it('hold every value of the item', () => {
    fc.assert(
      fc.property(
        fc.array(anyItem, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(4, 300),
        (items, maxColumns) => {
          const catalog = observeAll(Catalog.initial(options({ maxColumns })), items);
          for (const each of items) {
            const { cells } = catalog.encode(each);
            assert.ok(cells !== undefined);
            const left = new Map(each);
            catalog.columns.forEach((column, i) => {
              if (column.role === 'rest') return;
              const value = each.get(column.attribute);
              left.delete(column.attribute);
              assert.deepEqual(cells[i], value === undefined ? null : asCell(value, column.type.kind));
            });
            const rest = [...left].filter(([, value]) => !('NULL' in value));
            const at = catalog.columns.findIndex((column) => column.role === 'rest');
            if (rest.length > 0) assert.equal(cells[at], documentText({ M: new Map(rest) }));
            else assert.ok(at < 0 || cells[at] === null);
          }
        },
      ),
      runs(500),
    );
  });

  function asCell(value: AttributeValue, kind: string): Cell {
    if ('NULL' in value) return null;
    if (kind === 'json') return documentText(value);
    if ('S' in value) return value.S;
    if ('N' in value) return canonicalNumber(value.N) ?? null;
    if ('B' in value) return value.B;
    return 'BOOL' in value && value.BOOL;
  }

  const unreadable: [string, AttributeValue, RegExp][] = [
    [
      'a number beyond the limits',
      { N: '1E126' },
      /^attribute "a": it contains a number that DynamoDB does not allow$/,
    ],
    ['an unknown type', { unreadable: '{"X":1}' }, /^attribute "a": .* of an unknown type$/],
    ['a nested one', { L: [{ unreadable: '{}' }] }, /^attribute "a": .* of an unknown type$/],
  ];
  for (const [name, value, reason] of unreadable) {
    it(`D1: become a dead letter that names the attribute, in every layout: ${name}`, () => {
      for (const changes of [{}, { maxColumns: 1 }, { layout: 'document' as const }]) {
        const bad = keyed({ a: value, q: { S: '' } });
        const catalog = Catalog.initial(options(changes))
          .observe(keyed({ q: { S: '' } }))
          .observe(bad);
        assert.match(
          catalog.encode(bad).deadLetter ?? '',
          reason,
          'the reason is logged, so it contains no value',
        );
      }
    });
  }

  it('D1: become a dead letter for text that the engine refuses, even in the key', () => {
    const text = keyed({ a: { S: '\ud800' } });
    assert.deepEqual(Catalog.initial(options()).observe(text).encode(text), {
      deadLetter: 'attribute "a": it holds a lone surrogate',
    });
    assert.deepEqual(Catalog.initial(options()).encode(item({ pk: { S: '\udfff' } })), {
      deadLetter: 'attribute "pk": it holds a lone surrogate',
    });
  });

  it('have the same reason for any order of attributes', () => {
    const two = keyed({ b: { unreadable: '{}' }, a: { unreadable: '{}' } });
    const { deadLetter } = Catalog.initial(options()).encode(two);
    assert.match(deadLetter ?? '', /^attribute "a": .* \(and 1 more of its attributes\)$/);
    assert.equal(Catalog.initial(options()).encode(new Map([...two].reverse())).deadLetter, deadLetter);
  });

  it('neither become dead letters nor stop being ones when a column widens', () => {
    const lone = keyed({ a: { S: '\ud800' } });
    const narrow = Catalog.initial(options()).observe(lone);
    const wide = narrow.observe(keyed({ a: { N: '1' } }));
    assert.equal(wide.encode(lone).deadLetter, narrow.encode(lone).deadLetter);
  });

  it('name the attribute of __rest or the document that the engine refuses', () => {
    const refusing = {
      ...options().dialect,
      unrepresentable: (cell: string) => (cell.includes('\\u0000') ? 'it holds NUL' : undefined),
    };
    const nul = keyed({ a: { S: 'fine' }, b: { S: '\u0000' } });
    for (const changes of [{ maxColumns: 1 }, { layout: 'document' as const }]) {
      const catalog = Catalog.initial(options({ dialect: refusing, ...changes })).observe(nul);
      assert.deepEqual(catalog.encode(nul), { deadLetter: 'attribute "b": it holds NUL' });
    }
  });

  it('have a key text but no key cells when the engine cannot hold the key', () => {
    const catalog = Catalog.initial(options());
    for (const value of [{ S: '\ud800' }, { unreadable: '{}' }]) {
      assert.equal(catalog.keyCells(item({ pk: value })), undefined);
      assert.notEqual(catalog.keyText(item({ pk: value })), '');
    }
    assert.deepEqual(catalog.keyCells(item({ pk: { S: 'k' } })), ['k']);
    assert.deepEqual(catalog.deadLetter(keyed({ a: { unreadable: '{}' } }), 'why', '5'), {
      keyText: '{"pk":{"S":"k"}}',
      item: '{"a":{},"pk":{"S":"k"}}',
      reason: 'why',
      sequenceNumber: '5',
    });
  });
});
