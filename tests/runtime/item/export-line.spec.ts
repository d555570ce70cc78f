import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { inspect } from 'node:util';
import fc from 'fast-check';
import type { AttributeValue, Item } from '../../../runtime/item/attribute-value';
import { parseExportLine } from '../../../runtime/item/export-line';
import { readItem } from '../../../runtime/item/item-reader';
import { MalformedItem } from '../../../runtime/item/malformed';
import { anyItem, runs } from './arbitraries';

/** DynamoDB JSON as in an export, written independently of the code. */
function write(value: AttributeValue): string {
  if ('M' in value) return `{"M":${writeMap(value.M)}}`;
  if ('L' in value) return `{"L":[${value.L.map(write).join(',')}]}`;
  if ('B' in value) return JSON.stringify({ B: Buffer.from(value.B).toString('base64') });
  if ('BS' in value)
    return JSON.stringify({ BS: value.BS.map((bytes) => Buffer.from(bytes).toString('base64')) });
  return JSON.stringify(value);
}

function writeMap(map: Item): string {
  return `{${[...map].map(([name, value]) => `${JSON.stringify(name)}:${write(value)}`).join(',')}}`;
}

const value = (text: string): AttributeValue | undefined =>
  parseExportLine(`{"Item":{"a":${text}}}`).get('a');

describe('export lines', () => {
  it('are parsed with every value unchanged', () => {
    assert.deepEqual(
      parseExportLine(
        '{"Item":{"s":{"S":"é\\u2028\\ud83d\\ude00\\ud800"},"n":{"N":"-12.50"},"b":{"B":"AP8="},"t":{"BOOL":true},' +
          '"z":{"NULL":true},"ss":{"SS":["b","a"]},"ns":{"NS":["1"]},"bs":{"BS":["","AA=="]},"l":{"L":[{"L":[]}]},' +
          '"m":{"M":{"x":{"M":{}}}}}}',
      ),
      new Map<string, AttributeValue>([
        ['s', { S: 'é\u2028😀\ud800' }],
        ['n', { N: '-12.50' }],
        ['b', { B: Uint8Array.of(0, 255) }],
        ['t', { BOOL: true }],
        ['z', { NULL: true }],
        ['ss', { SS: ['b', 'a'] }],
        ['ns', { NS: ['1'] }],
        ['bs', { BS: [new Uint8Array(), Uint8Array.of(0)] }],
        ['l', { L: [{ L: [] }] }],
        ['m', { M: new Map([['x', { M: new Map() }]]) }],
      ]),
    );
  });

  it('are parsed back to any item', () => {
    fc.assert(
      fc.property(anyItem, (item) => {
        assert.deepEqual(parseExportLine(`{"Item":${writeMap(item)}}`), item);
      }),
      runs(1000),
    );
  });

  it('may have any attribute name, even __proto__, at any depth', () => {
    const item = parseExportLine(
      '{"Item":{"__proto__":{"S":"x"},"m":{"M":{"__proto__":{"N":"1"},"toString":{"S":""}}}}}',
    );
    assert.deepEqual(item.get('__proto__'), { S: 'x' });
    assert.deepEqual(item.get('m'), {
      M: new Map<string, AttributeValue>([
        ['__proto__', { N: '1' }],
        ['toString', { S: '' }],
      ]),
    });
    assert.equal(({} as Record<string, unknown>).S, undefined);
  });

  const malformed: [string, string, RegExp][] = [
    ['nothing', '', /not JSON/],
    ['a cut line', '{"Item":{"a":{"S":"x"}', /not JSON/],
    ['two objects', '{"Item":{}}{"Item":{}}', /not JSON/],
    ['an array', '[{"Item":{}}]', /form/],
    ['null', 'null', /form/],
    ['no Item', '{"item":{}}', /form/],
    ['more than an Item', '{"Item":{},"Keys":{}}', /form/],
    ['an Item that is a list', '{"Item":[]}', /object/],
    ['an Item that is null', '{"Item":null}', /object/],
    ['an attribute twice', '{"Item":{"a":{"S":"x"},"a":{"S":"y"}}}', /twice/],
    ['an attribute twice, once escaped', '{"Item":{"a":{"S":"x"},"\\u0061":{"S":"y"}}}', /twice/],
    ['a type twice', '{"Item":{"a":{"S":"x","S":"y"}}}', /twice/],
    ['a nested name twice', '{"Item":{"a":{"L":[{"M":{"b":{"S":":"},"b":{"S":"\\":"}}}]}}}', /twice/],
    ['a name twice in an unknown value', '{"Item":{"a":{"X":{"b":1,"b":2}}}}', /twice/],
    ['Item twice', '{"Item":{"a":{"S":"x"}},"Item":{"a":{"S":"x"}}}', /twice/],
  ];
  for (const [name, line, reason] of malformed) {
    it(`are refused: ${name}`, () => {
      assert.throws(
        () => parseExportLine(line),
        (error) => error instanceof MalformedItem && reason.test(error.reason),
      );
    });
  }

  it('are not confused by colons, quotes and backslashes in text', () => {
    for (const text of [':', '":"', '\\', '\\\\":', '"', '\\"', '{"a":1}', '\\\\']) {
      assert.deepEqual(value(JSON.stringify({ S: text })), { S: text });
    }
  });

  const unreadable: [string, string][] = [
    ['no type', '{}'],
    ['an unknown type', '{"X":"1"}'],
    ['two types', '{"S":"x","N":"1"}'],
    ['a number for S', '{"S":1}'],
    ['a JSON number for N', '{"N":1}'],
    ['NULL false', '{"NULL":false}'],
    ['text for BOOL', '{"BOOL":"true"}'],
    ['base64 with a space', '{"B":"A A="}'],
    ['base64 without padding', '{"B":"AA"}'],
    ['base64url', '{"B":"_-8="}'],
    ['base64 with spare bits', '{"B":"AB=="}'],
    ['a set with null', '{"SS":["a",null]}'],
    ['a number set of JSON numbers', '{"NS":[1]}'],
    ['a binary set with bad base64', '{"BS":["AA==","?"]}'],
    ['a list that is an object', '{"L":{}}'],
    ['a map that is a list', '{"M":[]}'],
    ['a bare value', '"x"'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a deep unknown', '{"X":{"y":[{"z":1,"__proto__":2}]}}'],
  ];
  for (const [name, text] of unreadable) {
    it(`keep a value that cannot be read, for a dead letter: ${name}`, () => {
      assert.deepEqual(value(text), { unreadable: text });
      assert.deepEqual(value(`{"L":[${text},{"S":"fine"}]}`), { L: [{ unreadable: text }, { S: 'fine' }] });
    });
  }

  it('keep an unreadable value in ASCII', () => {
    assert.deepEqual(value('{"X":"é\u2028😀"}'), { unreadable: '{"X":"\\u00e9\\u2028\\ud83d\\ude00"}' });
  });
});

describe('items from the SDK', () => {
  it('already have bytes, and keep unknown types and empty values for a dead letter', () => {
    const item = readItem({ b: { B: Uint8Array.of(1) }, x: { $unknown: ['X', 'v'] }, e: {}, u: undefined });
    assert.deepEqual(item.get('b'), { B: Uint8Array.of(1) });
    assert.deepEqual(item.get('x'), { unreadable: '{"$unknown":["X","v"]}' });
    assert.deepEqual(item.get('e'), { unreadable: '{}' });
    assert.deepEqual(item.get('u'), { unreadable: 'null' });
  });

  it('are refused when they are not objects', () => {
    for (const bad of [undefined, null, 'x', [], Uint8Array.of(1)]) {
      assert.throws(() => readItem(bad), MalformedItem);
    }
  });

  it('are not quoted when they are refused, not even in the cause of the error', () => {
    const MARK = 'zqzq';
    for (const line of [
      MARK,
      `{"Item":{"pk":{"S":"${MARK}`,
      `"${MARK}"`,
      `{"${MARK}":1}`,
      `{"Item":"${MARK}"}`,
    ])
      assert.throws(
        () => parseExportLine(line),
        (error) => error instanceof MalformedItem && !inspect(error, { depth: 9 }).includes(MARK),
        line,
      );
  });
});
