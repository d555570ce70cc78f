import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import { wholeLines } from '../../../../runtime/export/lines';
import type { AttributeValue } from '../../../../runtime/item/attribute-value';
import { Catalog, type CatalogOptions } from '../../../../runtime/item/catalog';
import { JsonBlockDecoder } from '../../../../runtime/item/json-block-decoder';
import { CollectedRows } from '../../../../runtime/item/row-cells';
import { ScanningBlockDecoder } from '../../../../runtime/item/scanner/scanning-block-decoder';
import { exportLines, type Shape } from '../../../memory/shapes';
import { full } from '../../../tiers/tier';
import { item, keyed, options } from '../arbitraries';
import { assertSame } from './both-decoders';
import { plainLine } from './spelling';

const exact = new JsonBlockDecoder();

function blockOf(...lines: string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** A catalog that can hold a block's items. */
function catalogOf(block: Uint8Array, changes: Partial<CatalogOptions> = {}): Catalog {
  return exact.observe(block, Catalog.initial(options(changes))).catalog;
}

/** Lines of a block that the scanner leaves to the exact decoder. */
function fallbackLines(block: Uint8Array, catalog: Catalog): number {
  const scanner = new ScanningBlockDecoder();
  assert.equal(scanner.decode(block, catalog, new CollectedRows()).wider, undefined);
  const whileDecoding = scanner.fallbackLines;
  assert.equal(scanner.observe(block, catalog).catalog, catalog);
  assert.equal(scanner.fallbackLines, 2 * whileDecoding);
  return whileDecoding;
}

const values = (changes: Record<string, AttributeValue> = {}): Record<string, AttributeValue> => ({
  text: { S: 'é 😀' },
  escaped: { S: 'line\nquote" backslash\\' },
  empty: { S: '' },
  number: { N: '-12.5' },
  long: { N: '12345678901234567890.123456789012345678' },
  binary: { B: Uint8Array.of(0, 255, 1) },
  yes: { BOOL: true },
  no: { BOOL: false },
  map: {
    M: new Map<string, AttributeValue>([
      ['b', { S: '1"' }],
      ['a', { M: new Map() }],
      ['é', { N: '0' }],
    ]),
  },
  list: { L: [{ S: 'x' }, { L: [] }, { NULL: true }, { BOOL: true }, { B: Uint8Array.of(1) }] },
  texts: { SS: ['b', 'a', ''] },
  numbers: { NS: ['10', '9', '-1'] },
  binaries: { BS: [Uint8Array.of(2), Uint8Array.of(1, 2)] },
  'd.e': { S: 'a name with a dot' },
  'quoted "name"': { S: 'a name with quotes' },
  ...changes,
});

describe('The scanner', () => {
  describe('decodes without the exact decoder', () => {
    for (const shape of ['flat', 'nested'] as const satisfies readonly Shape[]) {
      it(`${shape} items as in a real table`, () => {
        const block = firstLines(shape, 100);
        const catalog = catalogOf(block, { keySchema: { partition: { name: 'id', type: 'S' } } });
        assert.equal(fallbackLines(block, catalog), 0);
        assertSame(new ScanningBlockDecoder(), block, catalog);
      });
    }

    const layouts: Record<string, Partial<CatalogOptions>> = {
      columns: {},
      'columns and a rest': { maxColumns: 4 },
      'a document': { layout: 'document' },
    };
    for (const [layout, changes] of Object.entries(layouts)) {
      it(`values of every type, missing ones and NULLs, in any order, in a table of ${layout}`, () => {
        const all = values();
        // Where names become part of a document, a name with an escape is left to the exact decoder.
        if (layout !== 'columns') delete all['quoted "name"'];
        const nothing = Object.fromEntries(
          Object.keys(all).map((name) => [name, { NULL: true } satisfies AttributeValue]),
        );
        const reversed = Object.fromEntries(Object.entries(all).reverse());
        const block = blockOf(
          ...[all, nothing, reversed, { yes: { BOOL: false } } as const, all].map((attributes) =>
            plainLine(keyed(attributes)),
          ),
        );
        assert.equal(fallbackLines(block, catalogOf(block, changes)), 0);
      });
    }

    it('attributes that are left out: those of replication, and unknown ones that are NULL', () => {
      const block = blockOf(
        '{"Item":{"aws:rep:deleting":{"BOOL":false},"pk":{"S":"1"},"aws:rep:updatetime":{"N":"1.5"}}}',
        '{"Item":{"pk":{"S":"1"},"unknown":{"NULL":true},"aws:rep:x":{"M":{"a":{"S":"1"}}},"other":{"NULL":true}}}',
      );
      const catalog = catalogOf(block);
      assert.equal(catalog.columns.length, 1);
      assert.equal(fallbackLines(block, catalog), 0);
    });

    it('numbers and strings in other notations', () => {
      const block = blockOf(
        '{"Item":{"pk":{"S":"\\u0041\\/\\ud83d\\ude00"},"n":{"N":"1.50"},"m":{"L":[{"N":"+1E2"},{"S":"\\u000A"}]}}}',
        '{"Item":{"pk":{"S":"1"},"n":{"N":"-0"}}}',
      );
      assert.equal(fallbackLines(block, catalogOf(block)), 0);
      const sink = new CollectedRows();
      new ScanningBlockDecoder().decode(block, catalogOf(block), sink);
      assert.deepEqual(sink.rows, [
        ['A/😀', '1.5', '[100,"\\n"]'],
        ['1', '0', null],
      ]);
    });

    it('values of several types in one attribute', () => {
      const lines = [
        values().text,
        values().number,
        values().binary,
        values().yes,
        values().map,
        { NULL: true } as const,
      ];
      const block = blockOf(...lines.map((value) => plainLine(keyed({ mixed: value! }))));
      assert.equal(fallbackLines(block, catalogOf(block)), 0);
    });

    it('keys of every type', () => {
      const keySchema = { partition: { name: 'b', type: 'B' }, sort: { name: 'n', type: 'N' } } as const;
      const block = blockOf(
        ...['5', '9223372036854775808', '0.25'].map((n) =>
          plainLine(item({ n: { N: n }, b: { B: Uint8Array.of(1) } })),
        ),
      );
      assert.equal(fallbackLines(block, catalogOf(block, { keySchema })), 0);
    });
  });

  describe('leaves to the exact decoder', () => {
    const others: Record<string, string> = {
      whitespace: '{"Item": {"pk":{"S":"1"}}}',
      'an escape in a name': '{"Item":{"p\\u006b":{"S":"1"}}}',
      'U+0000, which an engine may not hold': '{"Item":{"pk":{"S":"\\u0000"}}}',
      'half a surrogate pair': '{"Item":{"pk":{"S":"\\ud800"}}}',
      'a value of an unknown type': '{"Item":{"pk":{"S":"1"},"a":{"X":"1"}}}',
    };
    for (const [name, line] of Object.entries(others)) {
      it(`a line with ${name}, and only this one`, () => {
        const good = '{"Item":{"pk":{"S":"1"}}}';
        const block = blockOf(good, line, good);
        assert.equal(fallbackLines(block, catalogOf(blockOf(good))), 1);
        assertSame(new ScanningBlockDecoder(), block, catalogOf(blockOf(good)));
      });
    }

    it('lines that need wider columns, once for each new width', () => {
      const block = blockOf(
        '{"Item":{"pk":{"S":"1"},"n":{"N":"1"}}}',
        '{"Item":{"pk":{"S":"2"},"n":{"N":"2"}}}',
        '{"Item":{"pk":{"S":"3"},"n":{"N":"10"}}}',
        '{"Item":{"pk":{"S":"4"},"n":{"N":"20"},"s":{"S":"x"}}}',
        '{"Item":{"pk":{"S":"5"},"n":{"N":"30"},"s":{"S":"y"}}}',
      );
      const initial = Catalog.initial(options());
      for (const use of ['decode', 'observe'] as const) {
        const scanner = new ScanningBlockDecoder();
        if (use === 'observe') scanner.observe(block, initial);
        else assert.deepEqual(scanner.decode(block, initial, new CollectedRows()).wider, catalogOf(block));
        assert.equal(scanner.fallbackLines, 3, use);
      }
    });
  });

  it('distinguishes names that begin or end alike, or contain each other', () => {
    const names = Array.from(
      { length: 40 },
      (_, i) => `attribute_${String(i % 20).padStart(2, '0')}_${i < 20 ? 'from' : 'to'}`,
    );
    names.push('a', 'ab', 'abc', 'b', 'ba', 'aab', 'x'.repeat(100), 'x'.repeat(101), '\u007f', '\u007f😀');
    const attributes = Object.fromEntries(names.map((name, i) => [name, { S: String(i) }]));
    const all = plainLine(keyed(attributes));
    const each = names.map((name) => plainLine(keyed({ [name]: attributes[name]! })));
    const block = blockOf(all, ...each, all, ...each.toReversed());
    assert.equal(fallbackLines(block, catalogOf(block)), 0);
    assertSame(new ScanningBlockDecoder(), block, catalogOf(block));
  });

  full.it('decodes lines of 400 KB: one text, one document, thousands of members or elements', () => {
    const word = (i: number) => `w${(i * 7919) % 10007}`;
    const many = Array.from({ length: 12_000 }, (_, i) => i);
    const large: Record<string, AttributeValue> = {
      text: { S: 'long é 😀 text '.repeat(20_000) },
      escaped: { S: 'line\n"é"\\'.repeat(30_000) },
      binary: { B: Buffer.alloc(300_000, 'bytes') },
      members: { M: new Map(many.map((i) => [word(i), { N: String(i) }])) },
      elements: { L: many.map((i) => ({ M: new Map([[word(i), { S: word(i) }]]) })) },
      texts: { SS: [...new Set(many.map(word))] },
      numbers: { NS: many.map((i) => String(((i * 7919) % 10007) / 8)) },
    };
    for (const changes of [{}, { layout: 'document' as const }, { maxColumns: 1 }]) {
      const block = blockOf(
        ...Object.entries(large).map(([name, value]) =>
          plainLine(keyed({ [name]: value, after: { S: '\n' } })),
        ),
      );
      const catalog = catalogOf(block, changes);
      assert.equal(fallbackLines(block, catalog), 0);
      assertSame(new ScanningBlockDecoder(), block, catalog);
    }
  });

  it('finds a name that occurs twice among many', () => {
    const members = Array.from({ length: 300 }, (_, i) => `"n${(i * 7919) % 307}":{"N":"${i}"}`);
    for (const [last, problem] of [
      ['"n307":{"N":"0"}', false],
      ['"n5":{"N":"0"}', true],
    ] as const) {
      const document = `{"M":{${[...members, last].join()}}}`;
      const block = blockOf(`{"Item":{"pk":{"S":"1"},"a":${document}}}`);
      const catalog = catalogOf(blockOf('{"Item":{"pk":{"S":"1"},"a":{"M":{}}}}'));
      assertSame(new ScanningBlockDecoder(), block, catalog);
      if (!problem) assert.equal(fallbackLines(block, catalog), 0);
    }
  });

  it('has enough memory for numbers with exponents, which grow', () => {
    const numbers = Array.from({ length: 2_000 }, (_, i): AttributeValue => ({ N: `${i + 1}E-125` }));
    const block = blockOf(plainLine(keyed({ n: { L: numbers }, after: { S: '\n' }, last: { N: '1E100' } })));
    assert.equal(fallbackLines(block, catalogOf(block)), 0);
    assertSame(new ScanningBlockDecoder(), block, catalogOf(block));
  });

  it('returns the same rows wherever a block ends, and wherever it is in memory', async () => {
    const text = Buffer.from(
      [values(), values({ text: { S: '' } }), { number: { N: '1' } as const }]
        .map((attributes) => `${plainLine(keyed(attributes))}\n`)
        .join(''),
    );
    const catalog = catalogOf(text);
    const expected = new CollectedRows();
    exact.decode(text, catalog, expected);
    const scanner = new ScanningBlockDecoder();
    for (let edge = 0; edge <= text.length; edge++) {
      const sink = new CollectedRows();
      const pieces = [text.subarray(0, edge), text.subarray(edge)];
      for await (const block of wholeLines(stream(pieces), edge, 1e6)) {
        const around = Buffer.concat([Buffer.alloc(edge % 8, '"'), block, Buffer.from('"}}}\n')]);
        scanner.decode(around.subarray(edge % 8, around.length - 5), catalog, sink);
      }
      assert.deepEqual(sink.rows, expected.rows);
    }
    assert.equal(scanner.fallbackLines, 0);
  });

  it('returns the same for a line that is cut off anywhere at the end of its block', () => {
    const line = blockOf(plainLine(keyed(values())));
    const scanner = new ScanningBlockDecoder();
    const catalog = catalogOf(line);
    for (let end = 0; end <= line.length; end++) {
      assertSame(scanner, line.subarray(0, end), catalog);
      assertSame(scanner, Buffer.concat([line.subarray(0, end), Buffer.from('\n')]), catalog);
      assertSame(scanner, Buffer.concat([line.subarray(0, end), Buffer.from('}}}\n')]), catalog);
      assertSame(scanner, Buffer.concat([line.subarray(0, end), Buffer.from('}}}')]), catalog);
    }
  });
});

function firstLines(shape: Shape, count: number): Buffer {
  let text = '';
  let lines = 0;
  for (const line of exportLines(shape, 0)) {
    if (lines++ === count) break;
    text += line;
  }
  return Buffer.from(text);
}

async function* stream(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}
