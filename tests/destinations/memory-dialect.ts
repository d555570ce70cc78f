import type { Dialect } from '../../runtime/item/dialect';

/** What it refuses to store, so that tests have dead letters. */
const UNREPRESENTABLE = /\p{Surrogate}/u;

export const memoryDialect: Dialect = {
  identifiers: { caseSensitive: true, maxBytes: 65535, reserved: [] },
  unrepresentable: (cell) =>
    UNREPRESENTABLE.test(cell) ? 'it contains half of a surrogate pair, which is not valid text' : undefined,
};
