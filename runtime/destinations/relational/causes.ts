import { DestinationUnusable } from '../errors';
import { qualified, type TableName } from './sql';

/** An object on a table as a cause, in sentences that end with the fix. */
export function causeOf(
  label: string,
  { because, fix }: { readonly because: string; readonly fix: string },
): string {
  return `${label}; ${because}. ${fix}`;
}

/** The error for a table with an object that refuses every row. @param cause of `causeOf` */
export function unwritable(table: TableName, cause: string): DestinationUnusable {
  return new DestinationUnusable(
    `Table ${qualified(table)} cannot be written. Cause: ${cause} then start the replicator again.`,
  );
}

/** Causes of a failure, any of which may be the one. @param whys sentences, at least one */
export function oneOf(whys: readonly string[]): string {
  if (whys.length === 1) return whys[0] as string;
  return `one of these: ${whys.map((why, i) => `(${i + 1}) ${why}`).join(' ')}`;
}
