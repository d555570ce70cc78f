import { DestinationUnavailable, DestinationUnusable } from '../../errors';
import { causeOf, oneOf } from '../../relational/causes';
import { qualified, type TableName } from '../../relational/sql';
import type { Refused, TableObject } from './table-object';

/** How DuckDB 1.5.5 reports that it refuses something. It has no codes. */
const REPORTS: readonly (readonly [Refused, RegExp])[] = [
  ['not null', /^Constraint Error: NOT NULL constraint failed: (.+)$/],
  ['check', /^Constraint Error: CHECK constraint failed/],
  [
    'generated',
    /^Constraint Error: Incorrect value for generated column|^Binder Error: Cannot insert into a generated column/,
  ],
  ['foreign key', /^Constraint Error: Violates foreign key/],
  [
    'unique',
    /^Constraint Error: (?:Duplicate key|PRIMARY KEY)|^TransactionContext Error: Failed to commit: PRIMARY KEY/,
  ],
  [
    'type',
    /^Dependency Error|depends on it|^Binder Error: (?:Cannot change the type of a column|This column is referenced by)/,
  ],
  // The expression of an index is evaluated at the commit.
  ['expression', /^TransactionContext Error: Failed to commit;/],
];

/** An error that an object on a table may have caused. */
export interface Refusal {
  readonly error: DestinationUnusable | DestinationUnavailable;
  readonly refused: Refused;
  /** The column that is NOT NULL: `orders.note`. */
  readonly column: string | undefined;
}

export function refusalIn(error: unknown): Refusal | undefined {
  if (!(error instanceof DestinationUnusable) && !(error instanceof DestinationUnavailable)) return undefined;
  const { cause } = error;
  if (!(cause instanceof Error)) return undefined;
  for (const [refused, pattern] of REPORTS) {
    const match = pattern.exec(cause.message);
    if (match !== null) return { error, refused, column: match[1] };
  }
  return undefined;
}

/** The error with the object that refused the write, or with all that may have. Unchanged if there is none. */
export function explainRefusal(
  { error, refused, column }: Refusal,
  table: TableName,
  objects: readonly TableObject[],
): DestinationUnusable | DestinationUnavailable {
  const named = objects.filter((object) => object.column !== undefined && object.column === column);
  const causes = (named.length > 0 ? named : objects).flatMap(({ label, reasons }) =>
    reasons.filter((reason) => reason.refused === refused).map((reason) => causeOf(label, reason)),
  );
  if (causes.length === 0) return error;
  const what = refused === 'type' ? 'a change of a column’s type in' : 'a write to';
  return new DestinationUnusable(
    `DuckDB refused ${what} table ${qualified(table)}. Cause: ${oneOf(causes)} then start the replicator again.`,
    { cause: error.cause },
  );
}
