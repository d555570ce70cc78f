import assert from 'node:assert/strict';
import fc from 'fast-check';
import { writeInt128, writeInt64 } from '../../../runtime/destinations/duckdb/parquet/number-bytes';
import { runs } from '../../runtime/item/arbitraries';

/** Canonical digits of `value` · 10^−`places`. */
function digitsOf(value: bigint, places: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return sign + whole + (fraction === '' ? '' : `.${fraction}`);
}

/** The bytes of the number, written into the middle of others, which have to stay. */
function written(write: typeof writeInt64, size: number, text: string, scale: number): Buffer {
  const source = Buffer.from(`99${text}99`);
  const target = Buffer.alloc(size + 4, 0xaa);
  write(target, 2, source, 2, 2 + text.length, scale);
  assert.ok(target.subarray(0, 2).equals(Buffer.from('aaaa', 'hex')));
  assert.ok(target.subarray(size + 2).equals(Buffer.from('aaaa', 'hex')));
  return target.subarray(2, size + 2);
}

const int64 = (text: string, scale: number) => written(writeInt64, 8, text, scale).readBigInt64LE();
const int128 = (text: string, scale: number) =>
  BigInt.asIntN(128, BigInt(`0x${written(writeInt128, 16, text, scale).toString('hex')}`));

const EDGES_64 = [0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n + 1n, 10n ** 15n, 2n ** 63n - 1n];
const EDGES_128 = [...EDGES_64, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 96n, 10n ** 38n - 1n];

type Convert = (text: string, scale: number) => bigint;

function edgesHold(convert: Convert, edges: readonly bigint[]): void {
  for (const edge of edges) {
    for (const value of [edge, -edge]) assert.equal(convert(value.toString(), 0), value);
  }
}

function anyHolds(convert: Convert, digits: number): void {
  const most = 10n ** BigInt(digits) - 1n;
  const value = fc.integer({ min: 1, max: digits }).chain((length) => {
    const limit = length === digits ? most : 10n ** BigInt(length);
    return fc.bigInt({ min: -limit, max: limit });
  });
  fc.assert(
    fc.property(value, fc.integer({ min: 0, max: digits }), (scaled, scale) => {
      assert.equal(convert(digitsOf(scaled, scale), scale), scaled);
    }),
    runs(2000),
  );
}

describe('destination duckdb: digits to the bytes of a number', () => {
  it('D1: digits become the 64 bits that DuckDB stores, at the edges and with both signs', () => {
    edgesHold(int64, EDGES_64);
  });

  it('D1: digits become the 128 bits that DuckDB stores, at the edges and with both signs', () => {
    edgesHold(int128, EDGES_128);
  });

  it('D1: any number of any scale becomes the whole number that a DECIMAL stores in 64 bits', () => {
    anyHolds(int64, 18);
  });

  it('D1: any number of any scale becomes the whole number that a DECIMAL stores in 128 bits', () => {
    anyHolds(int128, 38);
  });

  it('refuses digits that would become another number', () => {
    for (const convert of [int64, int128]) {
      assert.throws(() => convert('1.25', 1), /^RangeError: a number has more than 1 digits/);
      assert.throws(() => convert(`1${'0'.repeat(20)}.25`, 1), RangeError);
    }
    for (const text of ['9223372036854775808', '-9223372036854775808', '99999999999999999999']) {
      assert.throws(() => int64(text, 0), /does not fit 64 bits/);
    }
    assert.throws(() => int64('1000000000', 10), /does not fit 64 bits/);
    assert.throws(() => int128((2n ** 127n).toString(), 0), /does not fit 128 bits/);
    assert.throws(() => int128('9'.repeat(60), 0), /does not fit 128 bits/);
  });
});
