import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  addNumbers,
  canonicalNumber,
  compareNumbers,
  subtractNumbers,
} from '../../../simulator/tables/number';
import { SEED, failure } from './fixture';

const nines = '9'.repeat(38);
const OVERFLOW = 'Number overflow. Attempting to store a number with magnitude larger than supported range';
const UNDERFLOW =
  'Number underflow. Attempting to store a number with magnitude smaller than supported range';
const TOO_LONG = 'Attempting to store more than 38 significant digits in a Number';

/** An independent model: every number is an integer multiple of 10^-SCALE. */
const SCALE = 420;
const fixed = (sign: bigint, digits: string, exponent: number): bigint =>
  sign * BigInt(digits) * 10n ** BigInt(SCALE + exponent);

function fixedText(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(SCALE + 1, '0');
  const text = `${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`.replace(/0+$/, '').replace(/\.$/, '');
  return value < 0n ? `-${text}` : text;
}

/** The expected result for a value: its text, or the error. */
function expected(value: bigint): string {
  if (value === 0n) return '0';
  const digits = (value < 0n ? -value : value).toString();
  const magnitude = digits.length - 1 - SCALE;
  if (magnitude > 125) return OVERFLOW;
  if (magnitude < -130) return UNDERFLOW;
  if (digits.replace(/0+$/, '').length > 38) return TOO_LONG;
  return fixedText(value);
}

/** The expected result for a sum: too many digits are an overflow. */
const expectedSum = (value: bigint): string => (expected(value) === TOO_LONG ? OVERFLOW : expected(value));

function outcome(compute: () => string): string {
  let text = '';
  const error = failure(() => {
    text = compute();
  });
  if (error) assert.equal(error.type, 'ValidationException');
  return error ? error.message : text;
}

const digitText = (most: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: most })
    .map((digits) => digits.join(''));

/** A number in any spelling, with its value. */
const written = fc
  .record({
    sign: fc.constantFrom('', '+', '-'),
    whole: digitText(45),
    fraction: fc.option(digitText(45), { nil: undefined }),
    exponent: fc.option(fc.integer({ min: -180, max: 180 }), { nil: undefined }),
    e: fc.constantFrom('e', 'E'),
    plus: fc.boolean(),
  })
  .map(({ sign, whole, fraction, exponent, e, plus }) => ({
    text:
      sign +
      whole +
      (fraction === undefined ? '' : `.${fraction}`) +
      (exponent === undefined ? '' : `${e}${plus && exponent >= 0 ? '+' : ''}${exponent}`),
    value: fixed(
      sign === '-' ? -1n : 1n,
      whole + (fraction ?? ''),
      (exponent ?? 0) - (fraction?.length ?? 0),
    ),
  }));

/** A number that the service accepts. */
const accepted = fc
  .record({
    sign: fc.constantFrom(1n, -1n),
    digits: digitText(38),
    exponent: fc.oneof(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -130, max: 88 })),
  })
  .map(({ sign, digits, exponent }) => fixed(sign, digits, exponent));

describe('simulator: numbers (D1)', () => {
  const cases: [string, string][] = [
    ['0', '0'],
    ['-0', '0'],
    ['0.000', '0'],
    ['0e999', '0'],
    ['01', '1'],
    ['1.10', '1.1'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['+5', '5'],
    ['-00.250', '-0.25'],
    ['1E+30', '1000000000000000000000000000000'],
    ['1e2', '100'],
    ['12.5e-3', '0.0125'],
    ['1E125', `1${'0'.repeat(125)}`],
    ['1E-130', `0.${'0'.repeat(129)}1`],
    [nines, nines],
    [`${nines}E88`, nines + '0'.repeat(88)],
    [`1.${'0'.repeat(40)}`, '1'],
  ];
  for (const [text, canonical] of cases) {
    it(`keeps ${text.slice(0, 30)} as ${canonical.slice(0, 30)}`, () =>
      assert.equal(canonicalNumber(text), canonical));
  }

  const refused: [string, string][] = [
    ['1E126', OVERFLOW],
    [`-${nines}E89`, OVERFLOW],
    ['1e99999999999999999999', OVERFLOW],
    ['1E-131', UNDERFLOW],
    ['1e-99999999999999999999', UNDERFLOW],
    [`${nines}9`, TOO_LONG],
    [`1${'0'.repeat(37)}1`, TOO_LONG],
    ['', 'The parameter cannot be converted to a numeric value'],
    ...[
      ' 1',
      '1 ',
      'NaN',
      'Infinity',
      '-Infinity',
      '0x10',
      '1e',
      '1_000',
      '.',
      '+',
      '-',
      'e5',
      '1.2.3',
      '１',
      '1\n',
    ].map((text): [string, string] => [
      text,
      `The parameter cannot be converted to a numeric value: ${text}`,
    ]),
  ];
  for (const [text, message] of refused) {
    it(`rejects ${JSON.stringify(text.slice(0, 30))}`, () =>
      assert.equal(
        outcome(() => canonicalNumber(text)),
        message,
      ));
  }

  it('gives canonical text for every spelling of a number', () => {
    fc.assert(
      fc.property(written, ({ text, value }) => {
        assert.equal(
          outcome(() => canonicalNumber(text)),
          expected(value),
        );
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  it('leaves canonical texts as they are', () => {
    fc.assert(
      fc.property(accepted, (value) => assert.equal(canonicalNumber(fixedText(value)), fixedText(value))),
      { seed: SEED, numRuns: 1000 },
    );
  });

  it('adds and subtracts exactly, or returns the right error', () => {
    fc.assert(
      fc.property(accepted, accepted, (left, right) => {
        const [a, b] = [fixedText(left), fixedText(right)];
        assert.equal(
          outcome(() => addNumbers(a, b)),
          expectedSum(left + right),
        );
        assert.equal(
          outcome(() => subtractNumbers(a, b)),
          expectedSum(left - right),
        );
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  it('compares by value', () => {
    fc.assert(
      fc.property(accepted, accepted, (left, right) => {
        const order = left < right ? -1 : left > right ? 1 : 0;
        assert.equal(Math.sign(compareNumbers(fixedText(left), fixedText(right))), order);
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});
