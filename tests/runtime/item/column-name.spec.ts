import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { ColumnNames } from '../../../runtime/item/column-name';
import { anyText, dialect, runs } from './arbitraries';

const insensitive = new ColumnNames(dialect.identifiers, []);
const sensitive = new ColumnNames({ caseSensitive: true, maxBytes: 63, reserved: ['ctid'] }, ['document']);

function choose(names: ColumnNames, attributes: string[]): string[] {
  const taken = new Set<string>();
  return attributes.map((attribute) => {
    const name = names.choose(attribute, taken);
    taken.add(names.fold(name));
    return name;
  });
}

describe('column names', () => {
  it('are the attributes’ names, whatever characters they have', () => {
    const plain = [
      'id',
      'Order Date',
      'a.b',
      '"quoted"',
      "it's",
      'new\nline',
      '😀',
      'é',
      ';--',
      'select',
      ' ',
      '\\',
    ];
    assert.deepEqual(choose(insensitive, plain), plain);
  });

  it('distinguish names that the engine considers equal', () => {
    const [upper, lower, again] = choose(insensitive, ['Straße', 'straße', 'STRASSE']);
    assert.equal(upper, 'Straße');
    assert.match(lower ?? '', /^straße_[0-9a-f]{8}$/);
    assert.match(again ?? '', /^STRASSE_[0-9a-f]{8}$/);
    assert.deepEqual(choose(sensitive, ['A', 'a']), ['A', 'a']);
  });

  it('avoid the replicator’s and the engine’s own names', () => {
    for (const own of ['__source_time', '__DELETED', '__rest', '__key', 'RowId']) {
      assert.match(insensitive.choose(own, new Set()), new RegExp(`^${own}_[0-9a-f]{8}$`));
    }
    assert.match(sensitive.choose('document', new Set()), /^document_/);
    assert.equal(sensitive.choose('CTID', new Set()), 'CTID');
    assert.equal(insensitive.choose('document', new Set()), 'document');
  });

  it('escape characters that no engine can hold', () => {
    assert.match(sensitive.choose('a\u0000b', new Set()), /^a\\u0000b_[0-9a-f]{8}$/);
    assert.match(sensitive.choose('a\ud800', new Set()), /^a\\ud800_[0-9a-f]{8}$/);
    assert.match(sensitive.choose('', new Set()), /^_[0-9a-f]{8}$/);
    assert.notEqual(sensitive.choose('a\ud800', new Set()), sensitive.choose('a\ud801', new Set()));
    const [literal, escaped] = choose(sensitive, ['a\\u0000', 'a\u0000']);
    assert.notEqual(literal, escaped);
  });

  it('are cut between characters at the engine’s limit, and stay different', () => {
    const long = '😀'.repeat(16);
    const [first, second] = choose(sensitive, [`${long}a`, `${long}b`]);
    assert.match(first ?? '', /^(😀){13}_[0-9a-f]{8}$/u);
    assert.notEqual(first, second);
    assert.equal(sensitive.choose('x'.repeat(63), new Set()), 'x'.repeat(63));
    assert.equal(Buffer.byteLength(sensitive.choose('x'.repeat(64), new Set())), 63);
  });

  it('get a longer suffix when another attribute already has the suffixed name', () => {
    const suffixed = insensitive.choose('a', new Set(['a']));
    const [, , third] = choose(insensitive, ['A', suffixed, 'a']);
    assert.match(third ?? '', /^a_[0-9a-f]{16}$/);
  });

  it('are valid, free and different for the engine, for any attributes', () => {
    for (const names of [insensitive, sensitive]) {
      fc.assert(
        fc.property(fc.uniqueArray(anyText(true), { maxLength: 30 }), (attributes) => {
          const chosen = choose(names, attributes);
          assert.equal(new Set(chosen.map((name) => names.fold(name))).size, attributes.length);
          for (const name of chosen) {
            assert.ok(name.length > 0 && Buffer.byteLength(name) <= 63 && !name.includes('\u0000'));
            assert.equal(Buffer.from(name).toString(), name);
          }
          assert.deepEqual(choose(names, attributes), chosen);
        }),
        runs(300),
      );
    }
  });
});
