import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Item } from '../../../runtime/item/attribute-value';
import { Catalog } from '../../../runtime/item/catalog';
import type { Cell } from '../../../runtime/item/column';
import { MalformedItem } from '../../../runtime/item/malformed';
import { anyItem, item, keyed, observeAll, options, runs } from './arbitraries';

/** Attribute → cell, for the attributes that have columns. */
function row(catalog: Catalog, of: Item): Record<string, Cell | undefined> {
  const { cells, deadLetter } = catalog.encode(of);
  assert.equal(deadLetter, undefined);
  return Object.fromEntries(catalog.columns.map((column, i) => [column.name, cells?.[i]]));
}

function kinds(catalog: Catalog): Record<string, string> {
  return Object.fromEntries(catalog.columns.map((column) => [column.name, column.type.kind]));
}

describe('catalog: from attributes to columns', () => {
  it('begins with the key’s columns, partition key first', () => {
    const catalog = Catalog.initial(
      options({ keySchema: { partition: { name: 'z', type: 'N' }, sort: { name: 'a', type: 'B' } } }),
    );
    assert.deepEqual(catalog.columns, [
      {
        attribute: 'z',
        name: 'z',
        type: { kind: 'number', integerDigits: 1, scale: 0, int64: true },
        role: 'partition key',
      },
      { attribute: 'a', name: 'a', type: { kind: 'binary' }, role: 'sort key' },
    ]);
    assert.deepEqual(catalog.keyColumns, catalog.columns);
  });

  it('adds a column of its type for each new attribute, and none for NULL until a value comes', () => {
    const first = Catalog.initial(options()).observe(
      keyed({
        s: { S: 'x' },
        n: { N: '1.25' },
        b: { B: Uint8Array.of(1) },
        t: { BOOL: true },
        z: { NULL: true },
        m: { M: item({}) },
        l: { L: [] },
        ss: { SS: ['b', 'a'] },
      }),
    );
    assert.deepEqual(kinds(first), {
      pk: 'text',
      s: 'text',
      n: 'number',
      b: 'binary',
      t: 'boolean',
      m: 'json',
      l: 'json',
      ss: 'json',
    });
    const second = first.observe(keyed({ z: { N: '5' } }));
    assert.equal(kinds(second).z, 'number');
    assert.deepEqual(row(second, keyed({ z: { NULL: true }, s: { NULL: true } })), {
      pk: 'k',
      s: null,
      n: null,
      b: null,
      t: null,
      m: null,
      l: null,
      ss: null,
      z: null,
    });
  });

  it('stays the same object when an item has nothing new', () => {
    const known = keyed({ a: { S: 'x' }, n: { N: '123.45' }, j: { L: [] }, z: { NULL: true } });
    const catalog = Catalog.initial(options()).observe(known);
    assert.equal(catalog.observe(known), catalog);
    assert.equal(
      catalog.observe(
        keyed({ n: { N: '-1.2' }, a: { NULL: true }, j: { S: 'x' }, q: { unreadable: '{}' }, r: { N: 'x' } }),
      ),
      catalog,
    );
    assert.notEqual(catalog.observe(keyed({ n: { N: '1234' } })), catalog);
    fc.assert(
      fc.property(fc.array(anyItem, { maxLength: 4 }), (items) => {
        const all = observeAll(Catalog.initial(options()), items);
        for (const each of items) assert.equal(all.observe(each), all);
      }),
      runs(300),
    );
  });

  it('widens numbers by digits and mixed types to JSON of the plain values', () => {
    let catalog = observeAll(Catalog.initial(options()), [
      keyed({ n: { N: '123' }, x: { S: 'a"' } }),
      keyed({ n: { N: '0.00005' }, x: { N: '7' } }),
    ]);
    assert.deepEqual(catalog.columns[1]?.type, { kind: 'number', integerDigits: 3, scale: 5, int64: false });
    assert.equal(catalog.columns[2]?.type.kind, 'json');
    assert.equal(row(catalog, keyed({ x: { S: 'a"' } })).x, '"a\\""');
    assert.equal(row(catalog, keyed({ x: { N: '7.0' } })).x, '7');
    assert.equal(row(catalog, keyed({ x: { B: Uint8Array.of(0) } })).x, '"AA=="');
    assert.equal(row(catalog, keyed({ x: { BOOL: true } })).x, 'true');
    assert.equal(row(catalog, keyed({ x: { NULL: true } })).x, null);
    assert.equal(row(catalog, keyed({ x: { NS: ['10', '9'] } })).x, '[9,10]');
    catalog = catalog.observe(keyed({ n: { N: '1E125' } }));
    assert.deepEqual(catalog.columns[1]?.type, {
      kind: 'number',
      integerDigits: 126,
      scale: 5,
      int64: false,
    });
  });

  it('lets a number key gain digits, but no key change its kind', () => {
    const numeric = Catalog.initial(options({ keySchema: { partition: { name: 'pk', type: 'N' } } }));
    const wider = numeric.observe(item({ pk: { N: '12.5' } }));
    assert.deepEqual(wider.keyColumns[0]?.type, { kind: 'number', integerDigits: 2, scale: 1, int64: false });
    assert.deepEqual(wider.keyCells(item({ pk: { N: '012.50' } })), ['12.5']);
    for (const bad of [item({}), item({ pk: { S: '1' } }), item({ pk: { NULL: true } })]) {
      assert.throws(() => numeric.observe(bad), MalformedItem);
      assert.throws(() => numeric.encode(bad), MalformedItem);
      assert.throws(() => numeric.keyCells(bad), MalformedItem);
    }
  });

  it('drops the replication attributes of old global tables unless asked to keep them', () => {
    const replicated = keyed({ 'aws:rep:updatetime': { N: '1' }, a: { S: 'x' } });
    assert.deepEqual(Object.keys(kinds(Catalog.initial(options()).observe(replicated))), ['pk', 'a']);
    const kept = Catalog.initial(options({ dropReplicationAttributes: false })).observe(replicated);
    assert.deepEqual(row(kept, replicated), { pk: 'k', 'aws:rep:updatetime': '1', a: 'x' });
    for (const changes of [{ maxColumns: 1 }, { layout: 'document' as const }]) {
      const catalog = Catalog.initial(options(changes)).observe(replicated);
      assert.ok(!JSON.stringify(row(catalog, replicated)).includes('aws:rep'));
    }
  });

  it('cannot encode an item that it has not observed', () => {
    const catalog = Catalog.initial(options()).observe(keyed({ a: { S: 'x' } }));
    assert.throws(() => catalog.encode(keyed({ b: { S: 'x' } })), RangeError);
    assert.throws(() => catalog.encode(keyed({ a: { N: '1' } })), RangeError);
  });
});

describe('catalog: more attributes than columns', () => {
  const many = keyed(
    Object.fromEntries(
      Array.from({ length: 350 }, (_, i) => [`a${String(i).padStart(3, '0')}`, { N: String(i) }]),
    ),
  );

  it('has columns for the first and one sorted object in __rest for the others', () => {
    const catalog = Catalog.initial(options()).observe(many);
    assert.equal(catalog.columns.length, 301);
    assert.deepEqual(catalog.columns[300], {
      attribute: '__rest',
      name: '__rest',
      type: { kind: 'json' },
      role: 'rest',
    });
    const rest = row(catalog, new Map([...many].reverse())).__rest as string;
    assert.equal(rest, `{${Array.from({ length: 51 }, (_, i) => `"a${299 + i}":${299 + i}`).join(',')}}`);
    assert.equal(row(catalog, keyed({ a349: { NULL: true } })).__rest, null);
    assert.equal(row(catalog, keyed({ a349: { NULL: true }, x: { S: '' } })).__rest, '{"x":""}');
  });

  it('keeps an attribute in __rest, even if the limit is raised later', () => {
    const catalog = Catalog.initial(options({ maxColumns: 2 })).observe(
      keyed({ a: { S: '' }, b: { S: '' } }),
    );
    const raised = Catalog.restore(catalog.columns, options({ maxColumns: 300 }));
    assert.equal(raised.observe(keyed({ b: { S: '' }, c: { N: '1' } })), raised);
    assert.equal(row(raised, keyed({ b: { S: 'x' }, c: { N: '1' } })).__rest, '{"b":"x","c":1}');
    const same = catalog.merge(raised);
    assert.equal(same, catalog);
  });

  it('still widens existing columns', () => {
    const catalog = Catalog.initial(options({ maxColumns: 2 })).observe(
      keyed({ a: { S: '' }, b: { S: '' } }),
    );
    assert.equal(kinds(catalog.observe(keyed({ a: { N: '1' } }))).a, 'json');
  });
});

describe('catalog: document layout', () => {
  it('has the key’s columns and one with the whole item', () => {
    const initial = Catalog.initial(
      options({ layout: 'document', keySchema: { partition: { name: 'document', type: 'S' } } }),
    );
    const whole = item({ document: { S: 'k' }, z: { NULL: true }, n: { N: '1E2' }, __rest: { L: [] } });
    const catalog = initial.observe(whole);
    assert.equal(catalog, initial);
    const { cells } = catalog.encode(whole);
    assert.deepEqual(cells, ['k', '{"__rest":[],"document":"k","n":100,"z":null}']);
    assert.match(catalog.columns[0]?.name ?? '', /^document_[0-9a-f]{8}$/);
    assert.equal(catalog.columns[1]?.name, 'document');
  });

  it('has no other columns after a merge or a restore', () => {
    const catalog = Catalog.initial(options({ layout: 'document' }));
    assert.equal(
      Catalog.restore(catalog.columns, options({ layout: 'document' })).merge(catalog).columns.length,
      2,
    );
  });
});
