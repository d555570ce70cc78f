import type { AttributeValue, Item } from '../../simulator';
import type { Random } from '../../simulator/random';

/** Half of a surrogate pair: a DynamoDB string may hold one, no text of a database can. */
export const LONE_SURROGATE = '\ud83d';

const TEXTS = [
  '',
  ' ',
  'plain',
  'it\'s "quoted" and `ticked`',
  "'; DROP TABLE everything; --",
  'two\nlines\r\n\tand a tab',
  'back\\slash \\u0000 \\n',
  'nul\0inside',
  '\0',
  'nul at the end\0',
  '\x01\x08\x0c\x1f\x7f',
  '🦜 a parrot, 👨‍👩‍👧‍👦 a family',
  'Zürich — 東京 — Ελλάδα — עברית',
  'e\u0301 is not \u00e9',
  '\u2028\u2029\ufeff\ufffe\uffff',
  '\ud800\udc00 \udbff\udfff',
  'null',
  'true',
  'NaN',
  '12.50',
  '{"looks":["like","json"]}',
  'twelve bytes',
  'thirteen byte',
];

export function text(random: Random): string {
  if (random.chance(0.3)) return `text ${random.hex(random.integer(1, 30))}`;
  return random.chance(0.02) ? random.hex(5_000) : random.pick(TEXTS);
}

const INTEGERS = [
  '0',
  '-0',
  '1',
  '-1',
  '007',
  '1.0',
  '1e3',
  '2147483648',
  '9223372036854775806',
  '-9223372036854775807',
];
const FRACTIONS = ['0.1', '-0.5', '1.10', '12345678.125', '.75', '3.', '1E-6', '-999999.999999'];
const DIGITS_38 = [
  '12345678901234567890123456789012345678',
  '-99999999999999999999999999999999999999',
  '9223372036854775808',
  '10000000000000000000000000000000000000',
];
const EXTREMES = [
  '1E125',
  '-1E125',
  '1E-130',
  '-1E-130',
  '9.9999999999999999999999999999999999999E+125',
  '-9.9999999999999999999999999999999999999E125',
  '0.12345678901234567890123456789012345678',
  '1234567890123456789.0123456789012345678',
  '1.2345678901234567890123456789012345678E-93',
];

export const integer = (random: Random): string =>
  random.chance(0.7) ? String(random.integer(-1_000_000, 1_000_000)) : random.pick(INTEGERS);
export const fraction = (random: Random): string =>
  random.chance(0.7)
    ? `${random.integer(-99_999, 99_999)}.${random.integer(0, 999_999)}`
    : random.pick(FRACTIONS);
export const digits38 = (random: Random): string =>
  random.chance(0.5)
    ? `${random.integer(1, 10)}${Array.from({ length: 37 }, () => random.integer(0, 10)).join('')}`
    : random.pick(DIGITS_38);
export const extreme = (random: Random): string => random.pick(EXTREMES);

export function number(random: Random): string {
  return random.pick([integer, fraction, digits38, extreme])(random);
}

export function bytes(random: Random): string {
  const length = random.pick([0, 1, 3, 16, 100]);
  return Buffer.from(
    Array.from({ length }, () => random.pick([0, 1, 0x22, 0x5c, 0x7f, 0x80, 0xff])),
  ).toString('base64');
}

function several<T>(random: Random, make: (random: Random) => T): T[] {
  return [...new Set(Array.from({ length: random.integer(1, 6) }, () => make(random)))];
}

/** Numbers with distinct values, as a number set requires. */
function numbers(random: Random): string[] {
  const from = random.integer(-1000, 1000);
  const list = Array.from({ length: random.integer(1, 6) }, (_, i) => `${from + i}.5`);
  return [...list, '1E125', '1E-130', '-0'].slice(random.integer(0, list.length));
}

const INNER_NAMES = [
  'a',
  'A',
  '__proto__',
  'with "quotes"',
  'dot.ted',
  'new\nline',
  '🦜',
  'nul\0',
  'ﬀ',
  '\ud800\udc00',
];

function document(random: Random, depth: number): AttributeValue {
  if (depth === 0 || random.chance(0.3)) return scalar(random);
  const size = random.integer(0, 4);
  if (random.chance(0.5)) return { L: Array.from({ length: size }, () => document(random, depth - 1)) };
  return {
    M: Object.fromEntries(
      Array.from({ length: size }, () => [random.pick(INNER_NAMES), document(random, depth - 1)]),
    ),
  };
}

function scalar(random: Random): AttributeValue {
  return random.pick(Object.values(SCALARS))(random);
}

/** The deepest document that DynamoDB accepts: 32 levels, the innermost a string. */
export function deepest(random: Random): AttributeValue {
  let value: AttributeValue = { S: text(random) };
  for (let level = 1; level < 32; level++)
    value = level % 2 === 0 ? { L: [value] } : { M: { deeper: value } };
  return value;
}

const SCALARS = {
  text: (random: Random): AttributeValue => ({ S: text(random) }),
  number: (random: Random): AttributeValue => ({ N: number(random) }),
  bytes: (random: Random): AttributeValue => ({ B: bytes(random) }),
  boolean: (random: Random): AttributeValue => ({ BOOL: random.chance(0.5) }),
  null: (): AttributeValue => ({ NULL: true }),
  texts: (random: Random): AttributeValue => ({ SS: several(random, text) }),
  numbers: (random: Random): AttributeValue => ({ NS: numbers(random) }),
  binaries: (random: Random): AttributeValue => ({ BS: several(random, bytes) }),
};

/** A generator for each kind of value with its own column type, and for each kind of number that needs a wider type. */
export const KINDS: Readonly<Record<string, (random: Random) => AttributeValue>> = {
  text: SCALARS.text,
  integer: (random) => ({ N: integer(random) }),
  fraction: (random) => ({ N: fraction(random) }),
  digits38: (random) => ({ N: digits38(random) }),
  extreme: (random) => ({ N: extreme(random) }),
  bytes: SCALARS.bytes,
  boolean: SCALARS.boolean,
  null: SCALARS.null,
  map: (random) => ({
    M: Object.fromEntries(
      Array.from({ length: random.integer(0, 4) }, () => [random.pick(INNER_NAMES), document(random, 2)]),
    ),
  }),
  list: (random) => ({ L: Array.from({ length: random.integer(0, 4) }, () => document(random, 2)) }),
  texts: SCALARS.texts,
  numbers: SCALARS.numbers,
  binaries: SCALARS.binaries,
};

export function anything(random: Random): AttributeValue {
  return random.pick(Object.values(KINDS))(random);
}

/** Values with half a surrogate pair somewhere. */
export function unholdable(random: Random): AttributeValue {
  return random.pick<AttributeValue>([
    { S: `half ${LONE_SURROGATE} a parrot` },
    { SS: ['fine', `\udc00${text(random)}`] },
    { L: [{ S: 'fine' }, { M: { deep: { S: LONE_SURROGATE } } }] },
    { M: { [`name ${LONE_SURROGATE}`]: { N: '1' } } },
  ]);
}

/** Attribute names that a column cannot have unchanged, or that look so. */
export const ODD_NAMES: readonly string[] = [
  'qu"ote',
  "apos'trophe",
  'dot.ted',
  'new\nline',
  'tab\t',
  ' space ',
  '🦜',
  'Clash',
  'clash',
  'CLASH',
  'cla\u017fh',
  'K',
  '\u212a',
  'e\u0301',
  '\u00e9',
  'select',
  '$1',
  '#name',
  ':value',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  'rowid',
  'ROWID',
  '__key',
  '__action',
  '__known',
  '__deleted',
  '__Source_Time',
  '__rest',
  'document',
  'nul\0name',
  'nul\\u0000name',
  `half ${LONE_SURROGATE}`,
  'n'.repeat(70),
  `${'n'.repeat(70)}m`,
  'é'.repeat(1_000),
];

/**
 * An item of exactly 409,600 bytes, the limit: names and values in UTF-8. Its text is in an attribute that most items have,
 * because DuckDB before 1.5.6 reads a text of over 4 KB again for every NULL that follows it (its issue 24897).
 */
export function largest(key: Item, random: Random): Item {
  const name = 'text';
  const keyBytes = Object.entries(key).reduce(
    (sum, [attribute, value]) => sum + Buffer.byteLength(attribute) + sizeOfKey(value),
    0,
  );
  const room = 409_600 - keyBytes - name.length;
  const start = `${random.hex(8)} 🦜 "\0\\ `;
  return { ...key, [name]: { S: start + 'x'.repeat(room - Buffer.byteLength(start)) } };
}

function sizeOfKey(value: AttributeValue): number {
  if ('S' in value) return Buffer.byteLength(value.S);
  if ('B' in value) return Buffer.from(value.B, 'base64').length;
  throw new TypeError('The key must be a text or bytes.');
}
