import type { AttributeValue, Item } from '../simulator/attribute-value';
import { Random } from '../simulator/random';

/** Name of the demo's catalog table. Its key is `Id`, a number. */
export const PRODUCT_CATALOG = 'product-catalog';

/**
 * Items shaped like those of ProductCatalog, the sample table of AWS's documentation: books and bicycles with lists,
 * sets, nested documents, prices and NULLs. The values are our own.
 */
export const samples: readonly Item[] = [
  book(101, 'Rivers of the North', '978-0000000101', ['A. Lind'], '12.50', 312, true),
  book(102, 'Glass, Sand and Fire', '978-0000000102', ['M. Okoro', 'J. Ferri'], '20.00', 600, true),
  book(
    103,
    'A Short History of Bread',
    '978-0000000103',
    ['R. Baptiste', 'S. Ito', 'L. Novak'],
    '2000.00',
    48,
    false,
  ),
  book(104, 'Lighthouses', '978-0000000104', ['T. Moreau'], '9.99', 128, false),
  bicycle(201, 'Meridian 18', 'Road', 'Brand-Company A', '100.00', ['Red', 'Black'], [202, 203]),
  bicycle(202, 'Meridian 21', 'Road', 'Brand-Company A', '200.00', ['Green', 'Black'], [201]),
  bicycle(203, 'Tern', 'Mountain', 'Brand-Company B', '300.49', ['Red', 'Green', 'Black'], []),
  bicycle(204, 'Wren', 'Hybrid', 'Brand-Company B', '499.90', ['Blue'], [201, 203]),
];

const WORDS = [
  'Harbour',
  'Amber',
  'Falcon',
  'Cedar',
  'Orbit',
  'Granite',
  'Willow',
  'Comet',
  'Saffron',
  'Delta',
];
const NAMES = [
  'A. Lind',
  'M. Okoro',
  'J. Ferri',
  'R. Baptiste',
  'S. Ito',
  'L. Novak',
  'T. Moreau',
  'Ø. Bakke',
  '李娜',
];
const COLOURS = ['Red', 'Green', 'Blue', 'Black', 'White', 'Silver', 'Orange'];
const REVIEWS = [
  'Just right.',
  'Came a day late.',
  'Better than the last one!',
  'Too small for me.',
  '¡Excelente!',
];

/** `count` items: the samples, then similar ones generated from the seed. */
export function productCatalog(count: number, seed: number): Item[] {
  const random = new Random(seed);
  const more = Array.from({ length: Math.max(0, count - samples.length) }, (_, index) =>
    product(random, 1001 + index),
  );
  return [...samples, ...more].slice(0, count);
}

/** One product like the samples, with every value drawn from `random`. */
export function product(random: Random, id: number): Item {
  const title = `${random.pick(WORDS)} ${random.pick(WORDS)}`;
  const common = {
    ...(random.chance(0.7) && { Thumbnail: { B: thumbnail(random).toString('base64') } }),
    ...(random.chance(0.6) && { ProductReviews: reviews(random) }),
    ...(random.chance(0.2) && { QuantityOnHand: { NULL: true } as const }),
  };
  if (random.chance(0.5)) {
    const isbn = `978-${String(id).padStart(10, '0')}`;
    const authors = several(random, NAMES, 3);
    return {
      ...book(id, title, isbn, authors, price(random), random.integer(24, 900), random.chance(0.8)),
      ...common,
    };
  }
  const kind = random.pick(['Road', 'Mountain', 'Hybrid']);
  const brand = `Brand-Company ${random.pick(['A', 'B', 'C'])}`;
  const related = several(random, [201, 202, 203, 204], 3);
  return {
    ...bicycle(id, title, kind, brand, price(random), several(random, COLOURS, 4), related),
    ...common,
  };
}

/** Between 1 and 2,500, with at most two decimals and no trailing zeros: DynamoDB drops those. */
export function price(random: Random): string {
  return canonical((random.integer(100, 250_001) / 100).toFixed(2));
}

function book(
  id: number,
  title: string,
  isbn: string,
  authors: readonly string[],
  cost: string,
  pages: number,
  inPrint: boolean,
): Item {
  return {
    Id: { N: String(id) },
    ProductCategory: { S: 'Book' },
    Title: { S: title },
    ISBN: { S: isbn },
    Authors: { L: authors.map((name) => ({ S: name })) },
    Price: { N: canonical(cost) },
    Dimensions: { M: { Width: { N: '8.5' }, Height: { N: '11' }, Depth: { N: '0.5' }, Unit: { S: 'inch' } } },
    PageCount: { N: String(pages) },
    InPublication: { BOOL: inPrint },
  };
}

function bicycle(
  id: number,
  title: string,
  kind: string,
  brand: string,
  cost: string,
  colours: readonly string[],
  related: readonly number[],
): Item {
  return {
    Id: { N: String(id) },
    ProductCategory: { S: 'Bicycle' },
    Title: { S: title },
    BicycleType: { S: kind },
    Brand: { S: brand },
    Price: { N: canonical(cost) },
    Color: { SS: [...colours] },
    Pictures: {
      M: {
        FrontView: { S: `https://example.com/products/${id}_front.jpg` },
        SideView: { S: `https://example.com/products/${id}_left.jpg` },
      },
    },
    ...(related.length > 0 && { RelatedItems: { NS: related.map(String) } }),
  };
}

function reviews(random: Random): AttributeValue {
  const texts = () => ({ L: several(random, REVIEWS, 2).map((text) => ({ S: text })) });
  return { M: { FiveStar: texts(), ...(random.chance(0.4) && { OneStar: texts() }) } };
}

/** An uncompressed 4 × 4 BMP image in colours drawn from `random`. */
function thumbnail(random: Random): Buffer {
  const bytes = Buffer.alloc(54 + 4 * 4 * 3);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(54, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(4, 18);
  bytes.writeInt32LE(4, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let offset = 54; offset < bytes.length; offset++) bytes[offset] = random.integer(0, 256);
  return bytes;
}

function several<T>(random: Random, from: readonly T[], most: number): T[] {
  const start = random.integer(0, from.length);
  return Array.from(
    { length: random.integer(1, most + 1) },
    (_, index) => from[(start + index) % from.length] as T,
  );
}

function canonical(decimal: string): string {
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}
