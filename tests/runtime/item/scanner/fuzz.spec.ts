import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import type { AttributeValue, Item, KeyAttribute } from '../../../../runtime/item/attribute-value';
import { Catalog, type CatalogOptions } from '../../../../runtime/item/catalog';
import type { Dialect } from '../../../../runtime/item/dialect';
import { keyAttributes } from '../../../../runtime/item/item-key';
import { ScanningBlockDecoder } from '../../../../runtime/item/scanner/scanning-block-decoder';
import { Random } from '../../../../simulator/random';
import { anyNumber, anyText, anyValue, dialect, observeAll, options, runs } from '../arbitraries';
import { TIER } from '../../../tiers/tier';
import { assertSame } from './both-decoders';
import { damaged, plainLine, Spelling } from './spelling';

const NAMES = [
  ...['a', 'b', 'c', 'A', 'd.e', '"q"', 'n\u0000l', 'new\nline', '😀', '\ud800'],
  ...['__rest', 'document', 'rowid', '1', '', 'aws:rep:deleting', 'aws:rep:updatetime', 'x'.repeat(70)],
  ...['attribute_1', 'attribute_2', 'attribute_3', 'attribute_10', 'customerName', 'customerNumber'],
];

/** Members of object prototypes, names that look equal to people or to some case rule, and our own names. */
const HOSTILE_NAMES = [
  ...['__proto__', 'constructor', 'hasOwnProperty', 'toString', '__defineGetter__', '__r_row', '__R_there'],
  ...['\u00e9', 'e\u0301', '\u0130', 'i\u0307', 'ß', 'ẞ', 'SS', '\u212a', 'K', 'k', 'ſ', 's', 'S'],
];
/** Names of the greatest length that DynamoDB allows, which differ at the end, in the middle or at the beginning. */
const LONGEST_NAMES = ['x', 'é', '"'].flatMap((unit) => {
  const bytes = Buffer.byteLength(unit);
  const long = unit.repeat(Math.floor((65_535 - 1) / bytes));
  return [`${long}1`, `${long}2`, `2${long}`];
});

const anyName = fc.constantFrom(...NAMES, ...HOSTILE_NAMES);

/** An engine like PostgreSQL, whose text and jsonb cannot hold NUL. */
const withoutNul: Dialect = {
  identifiers: { caseSensitive: true, maxBytes: 63, reserved: [] },
  unrepresentable: (cell) =>
    cell.includes('\0') || /(?:^|[^\\])(?:\\\\)*\\u0000/.test(cell)
      ? 'it holds NUL'
      : dialect.unrepresentable(cell, 'text'),
};

const anyKey = (name: string): fc.Arbitrary<KeyAttribute> =>
  fc.constantFrom('S' as const, 'N' as const, 'B' as const).map((type) => ({ name, type }));

const anyOptions: fc.Arbitrary<CatalogOptions> = fc
  .record({
    partition: anyKey('pk'),
    sort: fc.option(fc.constantFrom('a', 'sk', 'aws:rep:deleting', '"s"').chain(anyKey), { nil: undefined }),
    layout: fc.constantFrom('columns' as const, 'columns' as const, 'document' as const),
    maxColumns: fc.constantFrom(2, 3, 6, 300, 300, 300),
    dropReplicationAttributes: fc.boolean(),
    dialect: fc.constantFrom(dialect, withoutNul),
  })
  .map(({ partition, sort, ...others }) => {
    const keySchema = sort === undefined ? { partition } : { partition, sort };
    return options({ keySchema, ...others });
  });

function anyKeyValue({ type }: KeyAttribute): fc.Arbitrary<AttributeValue> {
  if (type === 'S') return anyText(true).map((S) => ({ S }));
  if (type === 'N') return anyNumber.map(({ text }) => ({ N: text }));
  return fc.uint8Array({ maxLength: 6 }).map((B) => ({ B }));
}

const plainText = fc.string({ unit: 'grapheme', maxLength: 20 }).map((S): AttributeValue => ({ S }));

/** Values of few types, so that columns keep their type for some rows. */
const tameValue: fc.Arbitrary<AttributeValue> = fc.oneof(
  plainText,
  fc.integer().map((n) => ({ N: String(n) })),
  fc.constant<AttributeValue>({ NULL: true }),
  fc.array(plainText, { maxLength: 3 }).map((L) => ({ L })),
  fc
    .array(fc.tuple(fc.oneof(fc.string(), fc.constantFrom(...HOSTILE_NAMES)), plainText), { maxLength: 40 })
    .map((entries) => ({ M: new Map(entries) })),
  fc.array(fc.string(), { minLength: 1, maxLength: 40 }).map((texts) => ({ SS: [...new Set(texts)] })),
);

function anyItems(
  { keySchema }: CatalogOptions,
  names: fc.Arbitrary<string> = anyName,
  most = 12,
): fc.Arbitrary<Item[]> {
  const keys = keyAttributes(keySchema).map((key) => fc.tuple(fc.constant(key.name), anyKeyValue(key)));
  const attribute = fc.tuple(
    names,
    fc.oneof({ weight: 3, arbitrary: tameValue }, { weight: 2, arbitrary: anyValue(true) }),
  );
  const item = fc
    .tuple(fc.array(attribute, { maxLength: 8 }), fc.tuple(...keys))
    .map(([attributes, key]): Item => new Map([...attributes, ...key]));
  return fc.array(item, { minLength: 1, maxLength: most });
}

const anyTable = anyOptions.chain((given) =>
  fc.record({ given: fc.constant(given), items: anyItems(given), known: fc.nat({ max: 6 }) }),
);

function blockOf(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(''));
}

/** Seeds have 32 bits. */
const anySeed = fc.integer();

describe('The scanner returns the same as the exact decoder', () => {
  // One scanner for all cases: nothing of a block may remain for the next one.
  const scanner = new ScanningBlockDecoder();

  /** The catalog of a table after its first items. */
  const catalogOf = (given: CatalogOptions, items: readonly Item[]) =>
    observeAll(Catalog.initial(given), items);

  it('for items as DynamoDB writes them, and decodes most of them itself', () => {
    let [scanned, lines] = [0, 0];
    fc.assert(
      fc.property(anyTable, ({ given, items, known }) => {
        const block = blockOf(items.map(plainLine));
        scanned += assertSame(scanner, block, catalogOf(given, items.slice(0, known)));
        scanned += assertSame(scanner, block, catalogOf(given, items));
        lines += items.length * 4;
      }),
      runs(TIER === 'quick' ? 80 : 250),
    );
    assert.ok(scanned > lines / 4, `${scanned} of about ${lines} lines`);
  });

  for (const oddness of [0.02, 0.2]) {
    it(`for items in other spellings, valid and invalid (one in ${1 / oddness} choices odd)`, () => {
      fc.assert(
        fc.property(anyTable, anySeed, ({ given, items, known }, seed) => {
          const spelling = new Spelling(new Random(seed), oddness);
          const block = blockOf(items.map((item) => spelling.line(item)));
          assertSame(scanner, block, catalogOf(given, items.slice(0, known)));
          assertSame(scanner, block, catalogOf(given, items));
        }),
        runs(TIER === 'quick' ? 80 : 250),
      );
    });
  }

  it('for the longest names that DynamoDB allows', () => {
    const names = fc.constantFrom(...LONGEST_NAMES, ...HOSTILE_NAMES.slice(0, 3));
    const table = anyOptions.chain((given) => fc.tuple(fc.constant(given), anyItems(given, names, 3)));
    fc.assert(
      fc.property(table, ([given, items]) => {
        const block = blockOf(items.map(plainLine));
        assertSame(scanner, block, catalogOf(given, items.slice(0, 1)));
        assertSame(scanner, block, catalogOf(given, items));
      }),
      runs(TIER === 'quick' ? 5 : 25),
    );
  });

  it('for damaged bytes', () => {
    fc.assert(
      fc.property(anyTable, anySeed, ({ given, items }, seed) => {
        const random = new Random(seed);
        const catalog = catalogOf(given, items);
        for (const item of items) {
          const line = damaged(blockOf([plainLine(item)]), random);
          assertSame(scanner, line, catalog);
          assertSame(scanner, Buffer.concat([blockOf(items.map(plainLine)), line]), catalog);
        }
      }),
      runs(TIER === 'quick' ? 40 : 100),
    );
  });
});
