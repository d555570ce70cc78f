import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AttributeValue, KeySchema } from '../../../runtime/item/attribute-value';
import { deadLetterJson } from '../../../runtime/item/dynamodb-json';
import { parseExportLine } from '../../../runtime/item/export-line';
import { keyOfText, keyText } from '../../../runtime/item/item-key';
import { MalformedItem } from '../../../runtime/item/malformed';
import { anyItem, anyNumber, anyText, item, runs } from './arbitraries';

const schema: KeySchema = { partition: { name: 'p', type: 'S' }, sort: { name: 's"é', type: 'N' } };
const numeric: KeySchema = { partition: { name: 'p', type: 'N' } };

describe('key text', () => {
  it('is the key in DynamoDB JSON, partition key first, in ASCII', () => {
    const key = item({ 's"é': { N: '01.0' }, p: { S: 'ü"\ud800\u0000' }, other: { S: 'x' } });
    assert.equal(keyText(key, schema), '{"p":{"S":"\\u00fc\\"\\ud800\\u0000"},"s\\"\\u00e9":{"N":"1"}}');
    assert.equal(
      keyText(item({ p: { B: Uint8Array.of(255) } }), { partition: { name: 'p', type: 'B' } }),
      '{"p":{"B":"/w=="}}',
    );
  });

  it('is equal exactly when numbers are equal by value', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, fc.integer({ min: -3, max: 3 }), (a, b, shift) => {
        const text = (n: string) => keyText(item({ p: { N: n } }), numeric);
        const same = a.digits * 10n ** BigInt(a.power + 140) === b.digits * 10n ** BigInt(b.power + 140);
        assert.equal(text(a.text) === text(b.text), same);
        const again = `${a.digits}E${a.power}`;
        assert.equal(text(again), text(a.text));
        assert.equal(text(`${a.digits}E${a.power + shift}`) === text(a.text), shift === 0 || a.digits === 0n);
      }),
      runs(1000),
    );
  });

  it('is equal exactly when texts are equal, even with lone surrogates', () => {
    fc.assert(
      fc.property(anyText(true), anyText(true), (a, b) => {
        const text = (s: string) => keyText(item({ p: { S: s }, 's"é': { N: '1' } }), schema);
        assert.equal(text(a) === text(b), a === b);
        assert.match(text(a), /^[ -~]*$/);
      }),
      runs(1000),
    );
  });

  it('gives the key back, with numbers equal by value', () => {
    // JSON.parse puts a name like the second one first.
    const bytes: KeySchema = { partition: { name: 'p', type: 'S' }, sort: { name: '1', type: 'B' } };
    fc.assert(
      fc.property(anyText(true), anyNumber, fc.uint8Array({ maxLength: 40 }), (S, { text }, B) => {
        const numbered = item({ p: { S }, 's"é': { N: text } });
        const back = keyOfText(keyText(numbered, schema), schema);
        assert.deepEqual([...back.keys()], ['p', 's"é']);
        assert.deepEqual(back.get('p'), { S });
        assert.equal(keyText(back, schema), keyText(numbered, schema));
        const binary = keyOfText(keyText(item({ p: { S }, 1: { B } }), bytes), bytes);
        assert.deepEqual([...binary.keys()], ['p', '1']);
        assert.deepEqual(Buffer.from((binary.get('1') as { B: Uint8Array }).B), Buffer.from(B));
      }),
      runs(1000),
    );
    assert.deepEqual(keyOfText('{"p":{"N":"NaN"}}', numeric), item({ p: { N: 'NaN' } }));
  });

  it('exists for a key that cannot be read', () => {
    assert.equal(keyText(item({ p: { unreadable: '{}' } }), numeric), '{"p":{}}');
    assert.equal(keyText(item({ p: { N: 'NaN' } }), numeric), '{"p":{"N":"NaN"}}');
  });

  it('is refused for an item without its key, or with a key of another type', () => {
    assert.throws(() => keyText(item({ q: { N: '1' } }), numeric), MalformedItem);
    for (const value of [{ S: '1' }, { NULL: true }, { M: item({}) }] as AttributeValue[]) {
      assert.throws(() => keyText(item({ p: value }), numeric), /key attribute "p" is of type .*, not N/);
    }
  });
});

describe('dead letters (rule D1)', () => {
  it('contain the whole item in DynamoDB JSON, in ASCII, equal for equal items', () => {
    fc.assert(
      fc.property(anyItem, (original) => {
        const json = deadLetterJson(original);
        assert.match(json, /^[ -~]*$/);
        assert.equal(deadLetterJson(new Map([...original].reverse())), json);
        assert.equal(deadLetterJson(parseExportLine(`{"Item":${json}}`)), json);
      }),
      runs(1000),
    );
  });

  it('contain every value', () => {
    const letter = deadLetterJson(
      item({
        s: { S: 'é\ud800\u0000\u007f"' },
        n: { N: '1E3' },
        bad: { N: 'x' },
        u: { unreadable: '{"X":1}' },
        b: { B: Uint8Array.of(1) },
        t: { BOOL: true },
        z: { NULL: true },
        ss: { SS: ['b', 'a'] },
        ns: { NS: ['x', '10', '9', 'w'] },
        bs: { BS: [Uint8Array.of(2), Uint8Array.of(1)] },
        l: { L: [{ M: item({ b: { S: '' }, a: { L: [] } }) }] },
      }),
    );
    assert.equal(
      letter,
      '{"b":{"B":"AQ=="},"bad":{"N":"x"},"bs":{"BS":["AQ==","Ag=="]},"l":{"L":[{"M":{"a":{"L":[]},"b":{"S":""}}}]},' +
        '"n":{"N":"1000"},"ns":{"NS":["9","10","w","x"]},"s":{"S":"\\u00e9\\ud800\\u0000\\u007f\\""},' +
        '"ss":{"SS":["a","b"]},"t":{"BOOL":true},"u":{"X":1},"z":{"NULL":true}}',
    );
  });
});
