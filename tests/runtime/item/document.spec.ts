import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import type { AttributeValue } from '../../../runtime/item/attribute-value';
import { documentText } from '../../../runtime/item/document';
import { UnreadableValue } from '../../../runtime/item/malformed';
import { canonicalNumber } from '../../../runtime/item/number';
import { anyText, anyValue, item, runs } from './arbitraries';
import type { Json } from './exact-json';
import { readJson } from './exact-json';
import { exactValue } from './exact-number';

const utf8 = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

/** What the document of a value must read as, independent of the code that writes it. */
function expected(value: AttributeValue): Json {
  if ('S' in value) return { string: value.S };
  if ('N' in value) return { number: canonicalNumber(value.N) ?? 'refused' };
  if ('B' in value) return { string: base64(value.B) };
  if ('BOOL' in value) return { word: value.BOOL ? 'true' : 'false' };
  if ('NULL' in value) return { word: 'null' };
  if ('L' in value) return { array: value.L.map(expected) };
  if ('SS' in value) return { array: [...value.SS].sort(utf8).map((string) => ({ string })) };
  if ('BS' in value) {
    const sorted = [...value.BS].sort((a, b) => Buffer.compare(a, b));
    return { array: sorted.map((bytes) => ({ string: base64(bytes) })) };
  }
  if ('M' in value) {
    const entries = [...value.M].sort(([a], [b]) => utf8(a, b));
    return { object: entries.map(([name, element]) => [name, expected(element)] as const) };
  }
  if ('NS' in value) {
    const numbers = value.NS.map((text) => canonicalNumber(text) ?? 'refused');
    return { array: numbers.sort(byValue).map((number) => ({ number })) };
  }
  throw new Error('unreadable');
}

function byValue(a: string, b: string): number {
  const difference = exactValue(a) - exactValue(b);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The same value with every map in another order of insertion and every set reversed. */
function reordered(value: AttributeValue): AttributeValue {
  if ('M' in value) return { M: new Map([...value.M].reverse().map(([k, v]) => [k, reordered(v)])) };
  if ('L' in value) return { L: value.L.map(reordered) };
  if ('SS' in value) return { SS: [...value.SS].reverse() };
  if ('NS' in value) return { NS: [...value.NS].reverse() };
  if ('BS' in value) return { BS: [...value.BS].reverse() };
  return value;
}

describe('documents as JSON (rule D1)', () => {
  const table: [string, AttributeValue, string][] = [
    ['text', { S: 'a"b\\c/\n\u0000\u001f' }, '"a\\"b\\\\c/\\n\\u0000\\u001f"'],
    ['U+2028 as it is', { S: '\u2028é😀' }, '"\u2028é😀"'],
    ['lone surrogates escaped', { S: 'x\ud800y\udc00' }, '"x\\ud800y\\udc00"'],
    [
      '38 digits',
      { N: '1234567890123456789012345678901234567.8' },
      '1234567890123456789012345678901234567.8',
    ],
    ['a large exponent', { N: '1E125' }, '1' + '0'.repeat(125)],
    ['bytes', { B: Uint8Array.of(0, 255, 254) }, '"AP/+"'],
    ['no bytes', { B: new Uint8Array() }, '""'],
    ['boolean and null', { L: [{ BOOL: true }, { BOOL: false }, { NULL: true }] }, '[true,false,null]'],
    ['empty map and list', { M: item({ m: { M: item({}) }, l: { L: [] } }) }, '{"l":[],"m":{}}'],
    ['a number set by value', { NS: ['10', '9', '-1', '-10', '0.5', '1E3'] }, '[-10,-1,0.5,9,10,1000]'],
    [
      'a text set in UTF-8 order',
      { SS: ['😀', '\uffff', 'b', 'a', 'B', ''] },
      '["","B","a","b","\uffff","😀"]',
    ],
    [
      'a binary set by bytes',
      { BS: [Uint8Array.of(200), Uint8Array.of(1, 2), Uint8Array.of(1)] },
      '["AQ==","AQI=","yA=="]',
    ],
    [
      'names in UTF-8 order',
      { M: item({ '😀': { N: '1' }, '\uffff': { N: '2' }, '10': { N: '3' }, '9': { N: '4' } }) },
      '{"10":3,"9":4,"\uffff":2,"😀":1}',
    ],
    ['__proto__', { M: new Map([['__proto__', { S: 'x' }]]) }, '{"__proto__":"x"}'],
  ];
  for (const [name, value, text] of table) {
    it(name, () => {
      assert.equal(documentText(value), text);
    });
  }

  it('read back as the same value, with every digit and character', () => {
    fc.assert(
      fc.property(anyValue(), (value) => {
        assert.deepEqual(readJson(documentText(value)), expected(value));
      }),
      runs(2000),
    );
    fc.assert(
      fc.property(anyText(true), (text) => {
        assert.deepEqual(readJson(documentText({ S: text })), { string: text });
      }),
      runs(500),
    );
  });

  it('are valid JSON for JSON.parse, too', () => {
    fc.assert(
      fc.property(anyValue(true), (value) => {
        JSON.parse(documentText(value));
      }),
      runs(500),
    );
  });

  it('are equal for equal values, whatever the order of names and elements', () => {
    fc.assert(
      fc.property(anyValue(true), (value) => {
        assert.equal(documentText(reordered(value)), documentText(value));
      }),
      runs(1000),
    );
  });

  it('can nest 32 levels deep', () => {
    let value: AttributeValue = { S: 'deep' };
    for (let level = 0; level < 32; level++) value = { M: item({ m: value }) };
    assert.equal(documentText(value), '{"m":'.repeat(32) + '"deep"' + '}'.repeat(32));
  });

  it('refuse an unreadable value or number at any depth', () => {
    for (const bad of [{ unreadable: '{}' }, { N: 'NaN' }, { NS: ['1', ''] }]) {
      assert.throws(() => documentText({ M: item({ a: { L: [bad] } }) }), UnreadableValue);
    }
  });
});
