import type { Comparison, Difference } from '../destination';

/** What one part of a comparison found: rows, or dead letters. */
export type ComparedPart = Omit<Comparison, 'keysSkipped'>;

/** @param row with `here` and `there`, null on the side that has no such row; `columns` is asked when both have it */
export function difference(
  row: Readonly<Record<string, unknown>>,
  columns: () => string[],
): Pick<Difference, 'difference' | 'columns'> {
  if (row['here'] === null) return { difference: 'missing in the destination', columns: [] };
  if (row['there'] === null) return { difference: 'missing in the source', columns: [] };
  return { difference: 'different', columns: columns() };
}

/** @param counts `compared` and `differing`; @param rows with `here`, `there` and `key`, the examples */
export function comparedLetters(
  counts: Readonly<Record<string, unknown>> | undefined,
  rows: readonly Readonly<Record<string, unknown>>[],
): ComparedPart {
  return {
    rowsCompared: Number(counts?.['compared']),
    differences: Number(counts?.['differing']),
    examples: rows.map((row) => ({
      key: { 'dead letter': String(row['key']) },
      ...difference(row, () => []),
    })),
  };
}
