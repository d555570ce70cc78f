import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ColumnType } from '../../../runtime/item/column';
import { cellOf, convertCell } from '../../../runtime/item/cell';
import { typeOfValue, widen } from '../../../runtime/item/column-type';
import { UnreadableValue } from '../../../runtime/item/malformed';
import { anyValue, dialect, item, runs } from './arbitraries';

const TEXT: ColumnType = { kind: 'text' };
const NUMBER: ColumnType = { kind: 'number', integerDigits: 3, scale: 0, int64: true };
const BINARY: ColumnType = { kind: 'binary' };
const BOOLEAN: ColumnType = { kind: 'boolean' };
const JSON_COLUMN: ColumnType = { kind: 'json' };

describe('cells', () => {
  it('hold each kind of value in its column’s form', () => {
    assert.equal(cellOf({ S: 'a\u0000"' }, TEXT, dialect), 'a\u0000"');
    assert.equal(cellOf({ N: '01.50' }, NUMBER, dialect), '1.5');
    assert.deepEqual(cellOf({ B: Uint8Array.of(1) }, BINARY, dialect), Uint8Array.of(1));
    assert.equal(cellOf({ BOOL: false }, BOOLEAN, dialect), false);
    assert.equal(cellOf({ M: item({ a: { N: '1E3' } }) }, JSON_COLUMN, dialect), '{"a":1000}');
    for (const type of [TEXT, NUMBER, BINARY, BOOLEAN, JSON_COLUMN]) {
      assert.equal(cellOf({ NULL: true }, type, dialect), null);
    }
  });

  it('become exactly what their value would have been in the wider column', () => {
    fc.assert(
      fc.property(anyValue(), anyValue(), (value, other) => {
        const from = typeOfValue(value);
        const added = typeOfValue(other);
        if (from === undefined || added === undefined) return;
        const to = widen(from, added);
        assert.deepEqual(convertCell(cellOf(value, from, dialect), from, to), cellOf(value, to, dialect));
        assert.equal(convertCell(null, from, to), null);
      }),
      runs(2000),
    );
    assert.equal(convertCell('a"\n', TEXT, JSON_COLUMN), '"a\\"\\n"');
    assert.equal(convertCell('1.5', NUMBER, JSON_COLUMN), '1.5');
    assert.equal(convertCell(Uint8Array.of(255), BINARY, JSON_COLUMN), '"/w=="');
    assert.equal(convertCell(true, BOOLEAN, JSON_COLUMN), 'true');
    assert.equal(convertCell(false, BOOLEAN, JSON_COLUMN), 'false');
    assert.equal(convertCell('{"a":1}', JSON_COLUMN, JSON_COLUMN), '{"a":1}');
  });

  it('never move to a narrower column', () => {
    assert.throws(() => convertCell('a', TEXT, NUMBER), RangeError);
    assert.throws(() => convertCell('{}', JSON_COLUMN, TEXT), RangeError);
    assert.throws(() => cellOf({ S: 'a' }, NUMBER, dialect), RangeError);
    assert.throws(() => cellOf({ N: '1' }, TEXT, dialect), RangeError);
  });

  it('are refused when the engine cannot hold them, however wide the column is (D1)', () => {
    for (const type of [TEXT, JSON_COLUMN]) {
      assert.throws(() => cellOf({ S: 'a\ud800' }, type, dialect), UnreadableValue);
    }
    for (const type of [TEXT, NUMBER, BINARY, BOOLEAN, JSON_COLUMN]) {
      assert.throws(() => cellOf({ unreadable: '{}' }, type, dialect), UnreadableValue);
      assert.throws(() => cellOf({ N: '1E126' }, type, dialect), UnreadableValue);
    }
  });
});
