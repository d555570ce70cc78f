import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Catalog } from '../../../runtime/item/catalog';
import { CatalogMismatch } from '../../../runtime/item/malformed';
import { anyItem, keyed, observeAll, options, runs } from './arbitraries';

describe('catalog: recorded columns', () => {
  const odd = keyed({
    A: { S: '1' },
    a: { S: '2' },
    '😀': { S: '3' },
    '"q"': { S: '4' },
    'd.e': { S: '5' },
    'new\nline': { S: '6' },
    'nul\u0000': { S: '7' },
    __proto__x: { S: '8' },
    __rest: { S: '9' },
    rowid: { S: '10' },
    ['x'.repeat(300)]: { S: '11' },
  });

  it('are restored with their names, whatever item comes first after a restart', () => {
    const catalog = Catalog.initial(options()).observe(odd);
    const restored = Catalog.restore(catalog.columns, options());
    assert.deepEqual(restored.columns, catalog.columns);
    assert.equal(restored.observe(new Map([...odd].reverse())), restored);
    assert.deepEqual(restored.encode(odd), catalog.encode(odd));
    const again = restored.observe(keyed({ A_: { S: '' }, aA: { S: '' } }));
    assert.deepEqual(again.columns.slice(0, catalog.columns.length), catalog.columns);
    assert.deepEqual(Catalog.restore(again.columns, options()).columns, again.columns);
  });

  it('hold every attribute of an item in its own column', () => {
    const catalog = Catalog.initial(options()).observe(odd);
    const { cells } = catalog.encode(odd);
    assert.deepEqual(cells, ['k', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11']);
    assert.equal(
      catalog.columns.every((column) => column.role !== 'rest'),
      true,
    );
  });

  it('are empty at the first start', () => {
    assert.deepEqual(Catalog.restore([], options()).columns, Catalog.initial(options()).columns);
  });

  it('are refused for another key or layout', () => {
    const { columns } = Catalog.initial(options());
    const other = (changes: Parameters<typeof options>[0]) => () =>
      Catalog.restore(columns, options(changes));
    for (const changes of [
      { layout: 'document' as const },
      { keySchema: { partition: { name: 'pk', type: 'N' as const } } },
      { keySchema: { partition: { name: 'id', type: 'S' as const } } },
      {
        keySchema: {
          partition: { name: 'pk', type: 'S' as const },
          sort: { name: 'sk', type: 'S' as const },
        },
      },
    ]) {
      assert.throws(other(changes), CatalogMismatch);
    }
    const two = Catalog.initial(
      options({ keySchema: { partition: { name: 'pk', type: 'S' }, sort: { name: 's', type: 'S' } } }),
    );
    assert.throws(() => Catalog.restore(two.columns, options()), CatalogMismatch);
  });
});

describe('catalog: merge', () => {
  const shape = (catalog: Catalog) =>
    catalog.columns.map(({ attribute, type, role }) => ({ attribute, type, role }));
  const sorted = (catalog: Catalog) => shape(catalog).sort((a, b) => (a.attribute < b.attribute ? -1 : 1));
  const anyCatalog = (maxColumns: number) =>
    fc
      .array(anyItem, { maxLength: 3 })
      .map((items) => observeAll(Catalog.initial(options({ maxColumns })), items));

  it('is associative and idempotent, and commutative except for the order of columns', () => {
    const any = anyCatalog(300);
    fc.assert(
      fc.property(any, any, any, (a, b, c) => {
        assert.deepEqual(a.merge(b).merge(c).columns, a.merge(b.merge(c)).columns);
        assert.deepEqual(sorted(a.merge(b)), sorted(b.merge(a)));
        assert.equal(a.merge(a), a);
        const both = a.merge(b);
        assert.equal(both.merge(b), both);
        assert.equal(both.merge(a), both);
      }),
      runs(300),
    );
  });

  it('holds what either holds, and keeps its own columns at their indexes', () => {
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 3 }), fc.array(anyItem, { maxLength: 3 }), (left, right) => {
        const start = Catalog.initial(options());
        const a = observeAll(start, left);
        const both = a.merge(observeAll(start, right));
        for (const each of [...left, ...right]) assert.equal(both.observe(each), both);
        assert.deepEqual(
          both.columns.slice(0, a.columns.length).map(({ name }) => name),
          a.columns.map(({ name }) => name),
        );
        assert.equal(observeAll(a, right).columns.length, both.columns.length);
      }),
      runs(300),
    );
  });

  it('has the same attributes in columns for any grouping when the limit is reached, and becomes stable', () => {
    const any = anyCatalog(5);
    fc.assert(
      fc.property(any, any, any, anyItem, (a, b, c, each) => {
        const attributes = (catalog: Catalog) => catalog.columns.map(({ attribute }) => attribute);
        assert.deepEqual(attributes(a.merge(b).merge(c)), attributes(a.merge(b.merge(c))));
        const settled = a.merge(b).merge(c).observe(each);
        assert.equal(settled.observe(each), settled);
        assert.ok(settled.columns.length <= 6);
      }),
      runs(500),
    );
  });
});
