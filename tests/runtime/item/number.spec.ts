import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  canonicalNumber,
  compareNumbers,
  integerDigits,
  isInt64,
  scaleOf,
} from '../../../runtime/item/number';
import { anyNumber, runs } from './arbitraries';
import { exactValue, FINEST } from './exact-number';

describe('DynamoDB numbers as text (rule D1)', () => {
  const table: [string, string | undefined][] = [
    ['0', '0'],
    ['-0', '0'],
    ['0.000', '0'],
    ['-0.0E5', '0'],
    ['0E999999999999', '0'],
    ['+5', '5'],
    ['01', '1'],
    ['1.10', '1.1'],
    ['.5', '0.5'],
    ['-.5', '-0.5'],
    ['5.', '5'],
    ['10', '10'],
    ['-10', '-10'],
    ['0.1', '0.1'],
    ['-0.1', '-0.1'],
    ['00.1', '0.1'],
    ['100.00', '100'],
    ['1E2', '100'],
    ['1e-2', '0.01'],
    ['12.5E1', '125'],
    ['1E+30', '1' + '0'.repeat(30)],
    ['1E125', '1' + '0'.repeat(125)],
    ['9.9999999999999999999999999999999999999E125', '9'.repeat(38) + '0'.repeat(88)],
    ['1E-130', '0.' + '0'.repeat(129) + '1'],
    ['-1E-130', '-0.' + '0'.repeat(129) + '1'],
    ['1234567890123456789012345678901234567.8', '1234567890123456789012345678901234567.8'],
    ['0.00000000000000000000000000000000000001', '0.00000000000000000000000000000000000001'],
    ['1.' + '0'.repeat(40), '1'],
    ['1E126', undefined],
    ['1E-131', undefined],
    ['1E99999999999999999999', undefined],
    ['123456789012345678901234567890123456789', undefined],
    ['0.' + '1'.repeat(39), undefined],
    ['', undefined],
    ['-', undefined],
    ['+', undefined],
    ['.', undefined],
    ['-.', undefined],
    ['e5', undefined],
    ['1e', undefined],
    [' 1', undefined],
    ['1 ', undefined],
    ['1\n', undefined],
    ['1_000', undefined],
    ['1.2.3', undefined],
    ['--1', undefined],
    ['0x10', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['١', undefined],
  ];
  for (const [text, canonical] of table) {
    it(`${JSON.stringify(text).slice(0, 50)} is ${canonical === undefined ? 'refused' : canonical.slice(0, 50)}`, () => {
      assert.equal(canonicalNumber(text), canonical);
    });
  }

  it('keep their exact value in every notation, with one text for equal numbers', () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        const canonical = canonicalNumber(number.text);
        assert.ok(canonical !== undefined, number.text);
        assert.match(canonical, /^(0|-?[1-9]\d*|-?(0|[1-9]\d*)\.\d*[1-9])$/);
        assert.equal(exactValue(canonical), valueOf(number));
        assert.equal(canonicalNumber(canonical), canonical);
      }),
      runs(5000),
    );
  });

  it('are ordered by value', () => {
    fc.assert(
      fc.property(anyNumber, anyNumber, (a, b) => {
        const order = compareNumbers(canonicalNumber(a.text) ?? '', canonicalNumber(b.text) ?? '');
        const difference = valueOf(a) - valueOf(b);
        assert.equal(Math.sign(order), difference < 0n ? -1 : difference > 0n ? 1 : 0);
      }),
      runs(2000),
    );
    const sorted = ['-100', '-20.5', '-20', '-0.5', '-0.05', '0', '0.05', '0.5', '9', '10', '10.01'];
    assert.deepEqual([...sorted].reverse().sort(compareNumbers), sorted);
  });

  it('have digits, scale and whether they fit 64 bits', () => {
    fc.assert(
      fc.property(anyNumber, (number) => {
        const canonical = canonicalNumber(number.text) ?? '';
        const value = valueOf(number);
        const whole = abs(value) / 10n ** BigInt(FINEST);
        assert.equal(integerDigits(canonical), whole.toString().length);
        const scale = scaleOf(canonical);
        assert.equal(value % 10n ** BigInt(FINEST - scale), 0n);
        assert.ok(scale === 0 || value % 10n ** BigInt(FINEST - scale + 1) !== 0n);
        assert.equal(isInt64(canonical), scale === 0 && whole < 2n ** 63n);
      }),
      runs(2000),
    );
    assert.equal(isInt64('9223372036854775807'), true);
    assert.equal(isInt64('-9223372036854775807'), true);
    assert.equal(isInt64('9223372036854775808'), false);
    assert.equal(isInt64('-9223372036854775808'), false);
    assert.equal(isInt64('10000000000000000000'), false);
    assert.equal(isInt64('0.5'), false);
  });
});

function valueOf({ digits, power }: { digits: bigint; power: number }): bigint {
  return digits * 10n ** BigInt(power + FINEST);
}

function abs(value: bigint): bigint {
  return value < 0n ? -value : value;
}
