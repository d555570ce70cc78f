import type { Random } from '../../../../../simulator/random';
import type { Wire } from '../../operation';
import type { KeyType } from './tables';

/** One number per line, in spellings that AWS accepts ("Data types", developer guide; ScyllaDB's test_number.py). */
export const NUMBERS: readonly string[] = [
  ...['0', '-0', '0.0', '00', '0E5', '-0E-5', '1', '01', '+1', '1.0', '1.', '10E-1', '0.1E1', '-1', '-1.00'],
  ...['+5', '.5', '-.5', '0.50', '5E-1', '1.10', '100', '1E2', '1e+2', '1E30', '1E+30', '-1E+30', '1E-30'],
  ...['12345678901234567890123456789012345678', '-99999999999999999999999999999999999999'],
  ...['0.12345678901234567890123456789012345678', '1234567890123456789.0123456789012345678'],
  ...['1E125', '-1E125', '9.9999999999999999999999999999999999999E+125', '1E-130', '-1E-130'],
  ...[
    '1.2345678901234567890123456789012345678E-93',
    `1${'0'.repeat(40)}`,
    `0.${'0'.repeat(129)}1`,
    `1.${'0'.repeat(45)}`,
  ],
];

/** Numbers that AWS rejects, by rule. */
export const NO_NUMBERS: Readonly<Record<string, readonly string[]>> = {
  'a number over 9.99…E125': ['1E126', '-1E126', '1E1000', '10E125', `1${'0'.repeat(126)}`],
  'a number under 1E-130': ['1E-131', '-1E-131', '0.1E-130'],
  'more than 38 digits': [
    '123456789012345678901234567890123456789',
    '1.00000000000000000000000000000000000001',
  ],
  'no number': [
    '',
    ' 1',
    '1 ',
    'abc',
    'NaN',
    'Infinity',
    '-Infinity',
    '0x10',
    '1e',
    'e5',
    '.',
    '+',
    '--1',
    '1_000',
    '1,5',
    '1.2.3',
  ],
};

const TEXTS: readonly string[] = [
  '',
  ' ',
  'plain',
  'A',
  'a',
  'é',
  'e\u0301',
  '🦜',
  '\uffff',
  'nul\0',
  '"quoted"\n',
  '12',
  'true',
];
const BYTES: readonly string[] = [
  '',
  'AA==',
  'AAE=',
  'fw==',
  '/w==',
  '/////w==',
  Buffer.alloc(60, 7).toString('base64'),
];

/** Attributes that mostly keep their type, so that most updates and conditions are valid. */
export const ATTRIBUTES = [
  'count',
  'tags',
  'marks',
  'list',
  'doc',
  'text',
  'bytes',
  'size',
  'with.dot',
  'ü',
] as const;
export type Attribute = (typeof ATTRIBUTES)[number];

/** Keys of the documents in `doc` and elsewhere. */
export const INNER = ['a', 'A', 'inner', '__proto__', 'N'] as const;

/** Few, so that writes collide, in DynamoDB's order. */
const KEYS: Readonly<Record<KeyType, readonly string[]>> = {
  S: ['A', 'a', 'a#1', 'a#2', 'é', '\uffff', '🦜'],
  N: ['-10', '-1', '0', '0.5', '1', '2', '10', `1${'0'.repeat(30)}`],
  B: ['AA==', 'AAE=', 'fw==', 'gA==', '/w==', '/wA='],
};
/** The same numbers in other spellings. */
const OTHERWISE: Readonly<Record<string, string>> = {
  '0': '-0',
  '1': '1.0',
  '2': '+2',
  '10': '1E1',
  '-10': '-010',
  '0.5': '.5',
  [`1${'0'.repeat(30)}`]: '1E30',
};

export const number = (random: Random): string =>
  random.chance(0.4) ? String(random.integer(-20, 20)) : random.pick(NUMBERS);

export function keyValue(random: Random, type: KeyType): Wire {
  const spelled = random.pick(KEYS[type]);
  return { [type]: type === 'N' && random.chance(0.1) ? (OTHERWISE[spelled] ?? spelled) : spelled };
}

/** Two key values, the first not greater than the second. */
export function keyBounds(random: Random, type: KeyType): [low: Wire, high: Wire] {
  const from = random.integer(0, KEYS[type].length);
  const to = random.integer(from, KEYS[type].length);
  return [{ [type]: KEYS[type][from] }, { [type]: KEYS[type][to] }];
}

function several<T>(random: Random, from: readonly T[]): T[] {
  const count = random.integer(1, 5);
  return [...new Set(Array.from({ length: count }, () => random.pick(from)))];
}

/** Numbers for a set: with distinct values, some in other spellings. */
const setNumbers = (random: Random): string[] =>
  several(random, [0, 1, 2, 3, 5, 8]).map((value) => (random.chance(0.1) ? `${value}.0` : String(value)));

const SCALARS = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS'] as const;

/** A value of any type, with lists and maps up to this depth. */
export function value(random: Random, depth = 2): Wire {
  const type = depth > 0 && random.chance(0.4) ? random.pick(['L', 'M'] as const) : random.pick(SCALARS);
  return valueOf(random, type, depth);
}

export function valueOf(random: Random, type: (typeof SCALARS)[number] | 'L' | 'M', depth = 1): Wire {
  switch (type) {
    case 'S':
      return { S: random.pick(TEXTS) };
    case 'N':
      return { N: number(random) };
    case 'B':
      return { B: random.pick(BYTES) };
    case 'BOOL':
      return { BOOL: random.chance(0.5) };
    case 'NULL':
      return { NULL: true };
    case 'SS':
      return { SS: several(random, TEXTS) };
    case 'NS':
      return { NS: setNumbers(random) };
    case 'BS':
      return { BS: several(random, BYTES) };
    case 'L':
      return { L: Array.from({ length: random.integer(0, 4) }, () => value(random, depth - 1)) };
    case 'M':
      return { M: document(random, depth) };
  }
}

function document(random: Random, depth: number): Wire {
  const names = INNER.filter(() => random.chance(0.5));
  return Object.fromEntries(names.map((name) => [name, value(random, depth - 1)]));
}

const TYPES = { count: 'N', tags: 'SS', marks: 'NS', list: 'L', doc: 'M', text: 'S', bytes: 'B' } as const;

/** A value of an attribute's usual type, now and then of another. */
export function attributeValue(random: Random, name: Attribute): Wire {
  const type = name in TYPES ? TYPES[name as keyof typeof TYPES] : undefined;
  return type === undefined || random.chance(0.1) ? value(random) : valueOf(random, type, 2);
}

/** The non-key attributes of an item. */
export function attributes(random: Random): Wire {
  const names = ATTRIBUTES.filter(() => random.chance(0.4));
  return Object.fromEntries(names.map((name) => [name, attributeValue(random, name)]));
}
