import { Buffer } from 'node:buffer';
import { Catalog, type CatalogOptions } from '../../../../runtime/item/catalog';
import { ScanningBlockDecoder } from '../../../../runtime/item/scanner/scanning-block-decoder';
import { quickIf, TIER } from '../../../tiers/tier';
import { observeAll, keyed, options } from '../arbitraries';
import { assertSame } from './both-decoders';
import { LINES, NAMES, nested, VALUES } from './corpus';

const text = { S: 'x' };
/** The earlier value of attribute `a` in each table. There are also tables that do not know it. */
const known = {
  text,
  'whole number': { N: '1' },
  'number with a fraction': { N: '12.5' },
  'number of 19 digits': { N: '9223372036854775807' },
  number: { N: '-12345678901234567890.123456789012345678' },
  binary: { B: Uint8Array.of(1) },
  boolean: { BOOL: true },
  json: { L: [text] },
} as const;

const layouts: Record<string, Partial<CatalogOptions>> = {
  columns: {},
  'columns and a rest': { maxColumns: 1, dropReplicationAttributes: false },
  'a document': { layout: 'document' },
};

/** A line between others, last without a newline, and alone. */
function blocksWith(line: string): Buffer[] {
  const good = '{"Item":{"pk":{"S":"é"},"b":{"S":"\\n"}}}\n';
  return [`${good}${line}\n${good}`, `${good}${line}`, ...(TIER === 'quick' ? [] : [`${line}\n`, line])].map(
    (block) => Buffer.from(block),
  );
}

describe('The scanner returns the same as the exact decoder, for selected lines', () => {
  const scanner = new ScanningBlockDecoder();

  for (const [layout, changes] of Object.entries(layouts)) {
    const test = quickIf(layout === 'columns and a rest');
    describe(`in a table of ${layout}`, () => {
      const initial = Catalog.initial(options(changes));
      const catalogs = [
        initial,
        // If the attribute has no column of its own, its earlier value makes no difference.
        ...Object.values(layout === 'columns' ? known : { json: known.json }).map((value) =>
          observeAll(initial, [keyed({ a: value, b: text })]),
        ),
      ];
      const json = catalogs.at(-1)!;

      test.it('of values', () => {
        for (const value of VALUES) {
          const document = `{"Item":{"pk":{"S":"1"},"a":{"M":{"n":{"S":"z"},"m":${value}}}}}`;
          assertSame(scanner, Buffer.from(`${document}\n`), json);
          for (const catalog of catalogs) {
            const line = `{"Item":{"pk":{"S":"1"},"a":${value}}}`;
            for (const block of blocksWith(line)) assertSame(scanner, block, catalog);
          }
        }
      });

      test.it('of values of any depth', () => {
        for (const levels of [31, 32, 33, 63, 64, 65, 66, 1000]) {
          for (const value of [nested(levels), nested(levels, false)]) {
            const block = Buffer.from(`{"Item":{"pk":{"S":"1"},"a":${value}}}\n`);
            for (const catalog of [initial, json]) assertSame(scanner, block, catalog);
          }
        }
      });

      test.it('of key values', () => {
        for (const type of ['S', 'N', 'B'] as const) {
          const keySchema = { partition: { name: 'pk', type }, sort: { name: 'sk', type: 'N' as const } };
          const catalog = Catalog.initial(options({ ...changes, keySchema }));
          for (const value of VALUES) {
            const line = `{"Item":{"pk":${value},"sk":{"N":"1"}}}`;
            for (const block of blocksWith(line)) assertSame(scanner, block, catalog);
          }
        }
      });

      test.it('of names', () => {
        const catalogs = [initial, ...NAMES.map((name) => withName(initial, name))];
        for (const name of NAMES) {
          for (const catalog of catalogs) {
            for (const value of ['{"S":"1"}', '{"NULL":true}', '{"M":{"a":{"S":"1"}}}', '{}']) {
              const line = `{"Item":{"pk":{"S":"1"},"${name}":${value},"b":{"S":"\\n"}}}`;
              assertSame(scanner, Buffer.from(`${line}\n`), catalog);
            }
          }
        }
      });

      test.it('as a whole', () => {
        for (const line of LINES) {
          for (const catalog of catalogs) {
            for (const block of blocksWith(line)) assertSame(scanner, block, catalog);
          }
        }
      });

      test.it('that are not UTF-8', () => {
        for (const bytes of ['ff', 'c0af', 'eda080', 'f5808080', 'e9', 'f09f98']) {
          const line = Buffer.concat([
            Buffer.from('{"Item":{"pk":{"S":"'),
            Buffer.from(bytes, 'hex'),
            Buffer.from('"}}}\n'),
          ]);
          const good = Buffer.from('{"Item":{"pk":{"S":"é"}}}\n');
          for (const catalog of catalogs) {
            assertSame(scanner, Buffer.concat([good, line, good]), catalog);
            assertSame(scanner, Buffer.concat([good, Buffer.from('{}\n'), line]), catalog);
          }
        }
      });
    });
  }
});

/** A table in which an attribute has its own column, if its name can be written this way. */
function withName(catalog: Catalog, name: string): Catalog {
  try {
    return catalog.observe(keyed({ [JSON.parse(`"${name}"`) as string]: text }));
  } catch {
    return catalog;
  }
}
