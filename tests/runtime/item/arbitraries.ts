import fc from 'fast-check';
import type { AttributeValue, Item } from '../../../runtime/item/attribute-value';
import type { Catalog, CatalogOptions } from '../../../runtime/item/catalog';
import type { Dialect } from '../../../runtime/item/dialect';
import { seed, sized } from '../../seeds';

/** A fixed seed, so that a failure is reproducible. fast-check prints it with the counterexample. */
export function runs(numRuns: number): { numRuns: number; seed: number } {
  return { numRuns: sized(numRuns), seed: seed(20261122) };
}

/** An engine like DuckDB, which ignores case in names and cannot hold lone surrogates. */
export const dialect: Dialect = {
  identifiers: { caseSensitive: false, maxBytes: 63, reserved: ['rowid'] },
  unrepresentable: (cell) => (/\p{Surrogate}/u.test(cell) ? 'it holds a lone surrogate' : undefined),
};

export function options(changes: Partial<CatalogOptions> = {}): CatalogOptions {
  return {
    keySchema: { partition: { name: 'pk', type: 'S' } },
    dialect,
    layout: 'columns',
    maxColumns: 300,
    dropReplicationAttributes: true,
    ...changes,
  };
}

export function item(attributes: Record<string, AttributeValue>): Item {
  return new Map(Object.entries(attributes));
}

/** Any text that DynamoDB may return: controls, quotes, astral characters, U+2028; lone surrogates only on request. */
export function anyText(loneSurrogates = false): fc.Arbitrary<string> {
  const unit = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...'ab"\\/\n\r\t\u0000\u001f\u007f\u2028\u2029é\ue000\uffff') },
    { weight: 2, arbitrary: fc.constantFrom('😀', '𝒳', '\u{10ffff}') },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
    ...(loneSurrogates ? [{ weight: 2, arbitrary: fc.constantFrom('\ud800', '\udfff') }] : []),
  );
  return fc.array(unit, { maxLength: 8 }).map((units) => units.join(''));
}

/** Decimal texts as a client may send them, with the number that they mean: `digits` · 10^`power`. */
export const anyNumber: fc.Arbitrary<{ text: string; digits: bigint; power: number }> = fc
  .record({
    digits: fc.oneof(
      fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }),
      fc.bigInt({ min: -1100n, max: 1100n }),
      fc.constantFrom(2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), 1n - 2n ** 63n),
    ),
    power: fc.oneof(fc.integer({ min: -130, max: 88 }), fc.integer({ min: -4, max: 2 }), fc.constant(0)),
    point: fc.integer({ min: -45, max: 45 }),
    leading: fc.integer({ min: 0, max: 3 }),
    trailing: fc.integer({ min: 0, max: 3 }),
    plus: fc.boolean(),
    exponentForm: fc.boolean(),
    capital: fc.boolean(),
  })
  .map(({ digits, power, point, leading, trailing, plus, exponentForm, capital }) => {
    const sign = digits < 0n ? '-' : plus ? '+' : '';
    const magnitude = (digits < 0n ? -digits : digits).toString();
    const shift = exponentForm ? point : -power;
    let body = magnitude;
    if (shift < 0) body += '0'.repeat(-shift);
    body = body.padStart(shift + 1, '0');
    const whole = shift > 0 ? body.slice(0, -shift) : body;
    const fraction = shift > 0 ? body.slice(-shift) + '0'.repeat(trailing) : '';
    const exponent = power + shift;
    const tail = exponent === 0 ? '' : `${capital ? 'E' : 'e'}${exponent > 0 && plus ? '+' : ''}${exponent}`;
    const text = sign + '0'.repeat(leading) + whole + (fraction === '' ? '' : `.${fraction}`) + tail;
    return { text, digits, power };
  });

const numberText = anyNumber.map(({ text }) => text);
/** Half of fast-check's records have no prototype; ours always have one. */
function plain<T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model, { noNullPrototype: true }) as fc.Arbitrary<T>;
}

const bytes = fc.uint8Array({ maxLength: 6 });

export function anyValue(loneSurrogates = false): fc.Arbitrary<AttributeValue> {
  const text = anyText(loneSurrogates);
  return fc.letrec<{ value: AttributeValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      plain({ S: text }),
      plain({ N: numberText }),
      plain({ B: bytes }),
      plain({ BOOL: fc.boolean() }),
      fc.constant<AttributeValue>({ NULL: true }),
      plain({ SS: fc.uniqueArray(text, { minLength: 1, maxLength: 4 }) }),
      plain({ NS: fc.array(numberText, { minLength: 1, maxLength: 4 }) }),
      plain({ BS: fc.array(bytes, { minLength: 1, maxLength: 4 }) }),
      plain({ L: fc.array(tie('value'), { maxLength: 4 }) }),
      plain({
        M: fc
          .array(fc.tuple(fc.oneof(text, fc.constantFrom('__proto__', '1', 'toString')), tie('value')), {
            maxLength: 4,
          })
          .map((entries) => new Map(entries)),
      }),
    ),
  })).value;
}

/** Items with key `pk` and a few attributes. The names repeat, so that types mix. */
export const anyItem: fc.Arbitrary<Item> = fc
  .tuple(
    anyText(),
    fc.array(
      fc.tuple(
        fc.constantFrom('a', 'A', 'b', 'c', 'd.e', '"q"', '😀', '__proto__', 'rowid', '__rest'),
        anyValue(),
      ),
      { maxLength: 8 },
    ),
  )
  .map(([key, attributes]) => new Map<string, AttributeValue>([['pk', { S: key }], ...attributes]));

/** An item for the table described by `options`. */
export function keyed(attributes: Record<string, AttributeValue>): Item {
  return item({ pk: { S: 'k' }, ...attributes });
}

export function observeAll(catalog: Catalog, items: readonly Item[]): Catalog {
  return items.reduce((known, next) => known.observe(next), catalog);
}
