import type { AttributeValue, Item } from '../../simulator';
import type { Random } from '../../simulator/random';
import type { ChainTable } from './chain';
import type { PlaceKind } from './places';
import {
  anything,
  bytes,
  deepest,
  digits38,
  extreme,
  integer,
  KINDS,
  largest,
  LONE_SURROGATE,
  ODD_NAMES,
  text,
  unholdable,
} from './values';

/** When an item is written: before the export, or by a change while the stream is followed. */
export type Stage = 'export' | 'stream';

/** A table, its items, and the expected types of columns. */
export interface SourceTable extends ChainTable {
  /** Its share of all items. */
  readonly share: number;
  /** The key of the i-th item; different for each i. */
  keyOf(i: number): Item;
  /** The same key in another spelling, if there is one. */
  respelt?(i: number): Item;
  /** A version of the i-th item; different in each call. */
  item(i: number, random: Random, stage: Stage): Item;
  /** Attribute → SQL type of its column at the end. */
  readonly types: Readonly<Record<string, SqlType>>;
}

/** Name of a column's type in each database. */
type SqlType = Readonly<Record<PlaceKind, string>>;

const TEXT: SqlType = { duckdb: 'VARCHAR', postgres: 'text' };
const INTEGER: SqlType = { duckdb: 'BIGINT', postgres: 'numeric' };
const decimal = (scale: number): SqlType => ({ duckdb: `DECIMAL(38,${scale})`, postgres: 'numeric' });
const ANY_NUMBER: SqlType = { duckdb: 'VARCHAR', postgres: 'numeric' };
const BYTES: SqlType = { duckdb: 'BLOB', postgres: 'bytea' };
const BOOLEAN: SqlType = { duckdb: 'BOOLEAN', postgres: 'boolean' };
const DOCUMENT: SqlType = { duckdb: 'JSON', postgres: 'jsonb' };

/** One in this many items has the largest possible size. */
const LARGE_EVERY = 4_000;

/** Every type, every name, every extreme. Columns with one kind of value get its narrowest type. */
const everything: SourceTable = {
  name: 'everything',
  key: [{ name: 'id', type: 'S' }],
  share: 0.4,
  types: {
    id: TEXT,
    small: INTEGER,
    price: decimal(2),
    digits: decimal(0),
    extreme: ANY_NUMBER,
    text: TEXT,
    bytes: BYTES,
    flag: BOOLEAN,
    map: DOCUMENT,
    list: DOCUMENT,
    texts: DOCUMENT,
    numbers: DOCUMENT,
    binaries: DOCUMENT,
    anything: DOCUMENT,
    deep: DOCUMENT,
  },
  keyOf: (i) => ({ id: { S: idOf(i) } }),
  item(i, random) {
    const key = this.keyOf(i);
    if (i % LARGE_EVERY === 1) return largest(key, random);
    const item: Item = {
      ...key,
      small: { N: String(random.integer(-1e9, 1e9)) },
      price: { N: `${random.integer(0, 10_000)}.${String(random.integer(0, 100)).padStart(2, '0')}` },
      digits: { N: digits38(random) },
      extreme: { N: extreme(random) },
      text: { S: text(random) },
      bytes: { B: bytes(random) },
      flag: { BOOL: random.chance(0.5) },
    };
    for (const kind of ['map', 'list', 'texts', 'numbers', 'binaries', 'null']) {
      if (random.chance(0.3)) item[kind] = makerOf(kind)(random);
    }
    if (random.chance(0.3)) item['anything'] = anything(random);
    if (random.chance(0.02)) item['deep'] = deepest(random);
    if (random.chance(0.01)) item['unholdable'] = unholdable(random);
    if (random.chance(0.05)) item['aws:rep:updatetime'] = { N: '1700000000.000001' };
    if (random.chance(0.2)) delete item['text'];
    if (random.chance(0.2)) item['price'] = { NULL: true };
    if (i % LARGE_EVERY === 2) item['é'.repeat(32_767)] = { S: 'the longest name there may be' };
    return withAttributes(item, random, 3, () => {
      const at = random.integer(0, ODD_NAMES.length);
      // Each name has one kind of value, so that clashing names differ in type.
      return [ODD_NAMES[at] as string, at % 3 === 0 ? { N: integer(random) } : { S: text(random) }];
    });
  },
};

/** Items that give columns of `changing` the expected types, whatever is drawn. */
const CERTAIN: readonly Item[] = [
  { 'integer to fraction': { N: '0.000001' } },
  { 'integer to extreme': { N: '1E125' } },
  {},
];

/** For every pair of kinds, an attribute with one kind in the export and the other in the stream. */
const changing: SourceTable = {
  name: 'changing.types',
  key: [{ name: 'number', type: 'N' }],
  share: 0.15,
  types: { number: decimal(1), 'integer to fraction': decimal(6), 'integer to extreme': ANY_NUMBER },
  // 0.5, 1, 1.5, …: the key widens too.
  keyOf: (i) => ({ number: { N: String(i / 2) } }),
  respelt: (i) => ({ number: { N: `${Math.floor(i / 2)}.${i % 2 === 0 ? '000' : '50'}` } }),
  item(i, random, stage) {
    const kinds = Object.keys(KINDS);
    const certain = stage === 'stream' ? CERTAIN[i % CERTAIN.length] : {};
    return withAttributes({ ...certain, ...this.keyOf(i) }, random, 12, () => {
      const [from, to] = [random.pick(kinds), random.pick(kinds)];
      return [`${from} to ${to}`, makerOf(stage === 'export' ? from : to)(random)];
    });
  },
};

/** A composite key of bytes and numbers. */
const composite: SourceTable = {
  name: 'Composite-Key_' + 'x'.repeat(100),
  key: [
    { name: 'bytes "key"', type: 'B' },
    { name: 'Sort.Key', type: 'N' },
  ],
  share: 0.15,
  types: { 'bytes "key"': BYTES, 'Sort.Key': ANY_NUMBER },
  keyOf: (i) => ({
    'bytes "key"': { B: Buffer.from([i % 7, 0, 0xff, (i >> 8) & 0xff]).toString('base64') },
    'Sort.Key': { N: i % 500 === 0 ? `${i + 1}E-130` : i % 500 === 1 ? `-${i}E100` : `${i}` },
  }),
  respelt(i) {
    const { 'bytes "key"': bytesKey } = this.keyOf(i);
    return i % 500 < 2
      ? this.keyOf(i)
      : { 'bytes "key"': bytesKey as AttributeValue, 'Sort.Key': { N: `${i}.0` } };
  },
  item(i, random) {
    return withAttributes(this.keyOf(i), random, 3, () => [`a${random.integer(0, 10)}`, anything(random)]);
  },
};

/** More attributes than columns. */
const wide: SourceTable = {
  name: 'wide',
  key: [
    { name: 'id', type: 'N' },
    { name: 'sort', type: 'S' },
  ],
  settings: { maxColumns: 12 },
  share: 0.1,
  types: {},
  keyOf: (i) => ({ id: { N: String(i % 1_000) }, sort: { S: `${i % 10 === 7 ? '\0' : '\x01'}${i}` } }),
  item(i, random, stage) {
    return withAttributes(this.keyOf(i), random, 8, () => [
      random.pick([`${stage} ${random.integer(0, 30)}`, random.pick(ODD_NAMES)]),
      random.chance(0.01) ? unholdable(random) : anything(random),
    ]);
  },
};

/** The layout with one column for all attributes. */
const documents: SourceTable = {
  name: 'documents',
  key: [
    { name: 'document', type: 'S' },
    { name: 'sort', type: 'B' },
  ],
  settings: { columns: 'document' },
  share: 0.1,
  types: { sort: BYTES },
  keyOf: (i) => ({ document: { S: idOf(i) }, sort: { B: Buffer.from(`${i}`).toString('base64') } }),
  item(i, random) {
    const key = this.keyOf(i);
    if (i % LARGE_EVERY === 1) return largest(key, random);
    const item = i % 100 === 3 ? { ...key, unholdable: unholdable(random) } : key;
    return withAttributes(item, random, 6, () => [random.pick(ODD_NAMES), anything(random)]);
  },
};

/** Deleted rows stay and are marked. */
const soft: SourceTable = {
  name: 'soft',
  key: [{ name: 'Id', type: 'B' }],
  settings: { deletes: 'soft', destinationTable: 'with "soft" deletes', destinationSchema: 'another.schema' },
  share: 0.1,
  types: { Id: BYTES },
  keyOf: (i) => ({ Id: { B: Buffer.from(`\0${i}`).toString('base64') } }),
  item(i, random) {
    return withAttributes(this.keyOf(i), random, 4, () => [
      random.pick(['id', '__deleted', 'a', 'b', 'c']),
      random.chance(0.02) ? { S: LONE_SURROGATE } : anything(random),
    ]);
  },
};

export const TABLES: readonly SourceTable[] = [everything, changing, composite, wide, documents, soft];

/** A text key: some with quotes, NUL or emoji, some long, and a few that no database can hold. */
function idOf(i: number): string {
  switch (i % 50) {
    case 0:
      return `${i} "quoted" it's\n\0🦜`;
    case 1:
      return `${i} ${'long '.repeat(400)}`;
    case 2:
      return i % 200 === 2 ? `${i} ${LONE_SURROGATE}` : `${i} \\`;
    default:
      return String(i);
  }
}

function makerOf(kind: string): (random: Random) => AttributeValue {
  const maker = KINDS[kind];
  if (!maker) throw new RangeError(`Unknown kind: ${kind}.`);
  return maker;
}

/** The item with some additional attributes. Built from entries, because `__proto__` is also a name. */
function withAttributes(
  item: Item,
  random: Random,
  most: number,
  make: () => readonly [string, AttributeValue],
): Item {
  const added = Array.from({ length: random.integer(0, most + 1) }, make);
  return Object.fromEntries([...added, ...Object.entries(item)]);
}
