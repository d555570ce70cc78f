import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { Catalog } from '../../../runtime/item/catalog';
import { JsonBlockDecoder } from '../../../runtime/item/json-block-decoder';
import { MalformedLine } from '../../../runtime/item/malformed';
import { CollectedRows } from '../../../runtime/item/row-cells';
import { options } from './arbitraries';

const decoder = new JsonBlockDecoder();
const initial = Catalog.initial(options());

function block(...lines: string[]): Uint8Array {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** The result of a block, with its rows as values. */
function decode(bytes: Uint8Array, catalog: Catalog) {
  const sink = new CollectedRows();
  const decoded = decoder.decode(bytes, catalog, sink);
  return { ...decoded, rows: sink.take() };
}

describe('blocks of export lines', () => {
  it('first report all the columns they need, then become rows', () => {
    const lines = block(
      '{"Item":{"pk":{"S":"1"},"a":{"N":"5"}}}',
      '{"Item":{"pk":{"S":"2"},"a":{"N":"5.25"},"b":{"S":"é😀"}}}',
      '{"Item":{"pk":{"S":"3"}}}',
    );
    const first = decode(lines, initial);
    assert.equal(first.items, 3);
    assert.ok(first.wider !== undefined);
    assert.deepEqual(first.rows, []);
    const catalog = first.wider;
    assert.deepEqual(decoder.observe(lines, initial), { items: 3, catalog });
    assert.deepEqual(decode(lines, catalog), {
      items: 3,
      wider: undefined,
      rows: [
        ['1', '5', null],
        ['2', '5.25', 'é😀'],
        ['3', null, null],
      ],
      deadLetters: [],
    });
  });

  it('keep items that cannot be rows as dead letters and load the others (D1)', () => {
    const lines = block(
      '{"Item":{"pk":{"S":"1"},"a":{}}}',
      '{"Item":{"pk":{"S":"2"}}}',
      '{"Item":{"pk":{"S":"\\ud800"}}}',
    );
    assert.deepEqual(decode(lines, initial), {
      items: 3,
      wider: undefined,
      rows: [['2']],
      deadLetters: [
        {
          keyText: '{"pk":{"S":"1"}}',
          item: '{"a":{},"pk":{"S":"1"}}',
          reason: 'attribute "a": it contains a value of an unknown type',
          sequenceNumber: null,
        },
        {
          keyText: '{"pk":{"S":"\\ud800"}}',
          item: '{"pk":{"S":"\\ud800"}}',
          reason: 'attribute "pk": it holds a lone surrogate',
          sequenceNumber: null,
        },
      ],
    });
  });

  it('may be empty, part of a larger buffer, or end without a newline', () => {
    assert.deepEqual(decode(new Uint8Array(), initial), {
      items: 0,
      wider: undefined,
      rows: [],
      deadLetters: [],
    });
    const bytes = Buffer.from('xx{"Item":{"pk":{"S":"1"}}}\n{"Item":{"pk":{"S":"2"}}}');
    assert.deepEqual(decode(bytes.subarray(2), initial), {
      items: 2,
      wider: undefined,
      rows: [['1'], ['2']],
      deadLetters: [],
    });
  });

  const good = '{"Item":{"pk":{"S":"é"}}}\n';
  const malformed: [string, Buffer, RegExp][] = [
    ['an empty line', Buffer.from('\n'), /not JSON/],
    ['a cut line', Buffer.from('{"Item":{"pk"\n'), /not JSON/],
    ['an item without its key', Buffer.from('{"Item":{"a":{"S":"1"}}}\n'), /key attribute "pk"/],
    [
      'a key of another type',
      Buffer.from('{"Item":{"pk":{"N":"1"}}}\n'),
      /key attribute "pk" is of type N, not S/,
    ],
    ['a line that is not UTF-8', Buffer.from('{"Item":{"pk":{"S":"\xe9"}}}\n', 'latin1'), /UTF-8/],
    ['encoded surrogates', Buffer.from('{"Item":{"pk":{"S":"\xed\xa0\x80"}}}\n', 'latin1'), /UTF-8/],
  ];
  for (const [name, line, reason] of malformed) {
    it(`are refused as a whole, with the line's index, for ${name}`, () => {
      assert.throws(
        () => decode(Buffer.concat([Buffer.from(good + good), line, Buffer.from(good)]), initial),
        (error) => error instanceof MalformedLine && error.line === 2 && reason.test(error.reason),
      );
    });
  }
});
