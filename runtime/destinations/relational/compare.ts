import type { ComparedKeys, Comparison, Difference } from '../destination';
import { OWN_COLUMNS } from './columns';
import { equalOn, integer, quote } from './sql';
import type { PipelineTables } from './tables';
import { isTrue, type SqlRow, type SqlTransaction } from './transaction';

/** The result of one part of a comparison. */
export type ComparedPart = Omit<Comparison, 'keysSkipped'>;

/** How `__r_here`, the visible side, is joined with `__r_there`, the verify side. A sample has no say on keys that it lacks. */
export const JOIN_SIDES = { all: 'FULL JOIN', sample: 'RIGHT JOIN' } as const satisfies Record<
  ComparedKeys,
  string
>;

/** Compares the parts and the dead letters, and counts the skipped keys, as of the start of the transaction. */
export async function compareParts<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  { examples: most, keys, keyNames }: ComparisonScope,
  parts: readonly ((examples: number) => Promise<ComparedPart>)[],
): Promise<Comparison> {
  const examples: Difference[] = [];
  let rowsCompared = 0;
  let differences = 0;
  const ofDeadLetters = (left: number) => compareDeadLetters(transaction, tables, left, keys);
  for (const compare of [...parts, ofDeadLetters]) {
    const part = await compare(most - examples.length);
    rowsCompared += part.rowsCompared;
    differences += part.differences;
    examples.push(...part.examples);
  }
  const keysSkipped = await (keys === 'all'
    ? countRows(transaction, tables.sql('changed keys'))
    : countSkippedOfSample(transaction, tables, keyNames));
  return { rowsCompared, keysSkipped, differences, examples };
}

/** What to compare. */
export interface ComparisonScope {
  /** The most differing keys to describe. */
  readonly examples: number;
  readonly keys: ComparedKeys;
  /** Names of the key columns. */
  readonly keyNames: readonly string[];
}

async function countSkippedOfSample<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  keyNames: readonly string[],
): Promise<number> {
  const { schema, condition, values } = tables.ownRows;
  const rows = await countRows(
    transaction,
    `${tables.sql('verify')} __r_row WHERE NOT (${unchanged(tables, keyNames)})`,
  );
  const deadLetters = await countRows(
    transaction,
    `${schema}.dead_letters __r_dead_letter
      WHERE ${condition} AND stage = 'verify' AND NOT (${unchangedDeadLetter(tables)})`,
    values,
  );
  return rows + deadLetters;
}

async function countRows(transaction: SqlTransaction, from: string, values?: string[]): Promise<number> {
  const [counted] = await transaction.rows(`SELECT count(*) AS keys FROM ${from}`, values);
  return Number(counted?.['keys']);
}

/** Two sides as SQL, `__r_here` and `__r_there`, joined by key. */
export interface JoinedSides {
  readonly joined: string;
  /** Whether the sides differ. */
  readonly differs: string;
  readonly values?: string[] | undefined;
  /** What to select for a differing pair. Must include `here` and `there`, which are NULL on a side without the key. */
  readonly described: readonly string[];
}

/** @param describe describes a row of the columns in `described` */
export async function compareSides(
  transaction: SqlTransaction,
  { joined, differs, values, described }: JoinedSides,
  examples: number,
  describe: (row: SqlRow) => Difference | Promise<Difference>,
): Promise<ComparedPart> {
  const [counts] = await transaction.rows(
    `SELECT count(*) AS compared, count(*) FILTER (WHERE ${differs}) AS differing FROM ${joined}`,
    values,
  );
  const part = { rowsCompared: Number(counts?.['compared']), differences: Number(counts?.['differing']) };
  if (part.differences === 0 || examples <= 0) return { ...part, examples: [] };
  const rows = await transaction.rows(
    `SELECT ${described.join(', ')} FROM ${joined} WHERE ${differs} LIMIT ${integer(examples)}`,
    values,
  );
  const found: Difference[] = [];
  for (const row of rows) found.push(await describe(row));
  return { ...part, examples: found };
}

/** @param row with `here` and `there` @param columns called when both sides have the key */
export function difference(row: SqlRow, columns: () => string[]): Pick<Difference, 'difference' | 'columns'> {
  if (row['here'] === null) return { difference: 'missing in the destination', columns: [] };
  if (row['there'] === null) return { difference: 'missing in the source', columns: [] };
  return { difference: 'different', columns: columns() };
}

/** @param row with `__r_key0` and so on, each a key column as text */
export function keyIn(row: SqlRow | undefined, keys: readonly string[]): Difference['key'] {
  return Object.fromEntries(keys.map((name, i) => [name, String(row?.[`__r_key${i}`])]));
}

/** @param row with `__r_differs0` and so on, each whether a column differs */
export function differingIn(row: SqlRow | undefined, columns: readonly string[]): string[] {
  return columns.filter((_, i) => isTrue(row?.[`__r_differs${i}`]));
}

/** SQL over `__r_here` and `__r_there`, for `differingIn`. */
export function differs(name: string): string {
  return `__r_here.${quote(name)} IS DISTINCT FROM __r_there.${quote(name)}`;
}

async function compareDeadLetters<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  examples: number,
  keys: ComparedKeys,
): Promise<ComparedPart> {
  const { schema, condition, values } = tables.ownRows;
  const { ofDeadLetters } = tables.keyName;
  const side = (role: 'visible' | 'verify') =>
    `(SELECT ${ofDeadLetters} AS __r_name, key, item, true AS __r_present FROM ${schema}.dead_letters __r_dead_letter
        WHERE ${condition} AND stage = '${role}' AND ${unchangedDeadLetter(tables)})`;
  return compareSides(
    transaction,
    {
      joined: `${side('visible')} __r_here ${JOIN_SIDES[keys]} ${side('verify')} __r_there
        ON __r_here.__r_name = __r_there.__r_name`,
      differs: '__r_here.item IS DISTINCT FROM __r_there.item',
      values,
      described: [
        '__r_here.__r_present AS here',
        '__r_there.__r_present AS there',
        'coalesce(__r_here.key, __r_there.key) AS key',
      ],
    },
    examples,
    (row) => ({ key: { 'dead letter': String(row['key']) }, ...difference(row, () => []) }),
  );
}

/** SQL over `__r_dead_letter`: its key has not changed since the verify began. */
function unchangedDeadLetter<Transaction extends SqlTransaction>(
  tables: PipelineTables<Transaction>,
): string {
  const { column, ofDeadLetters } = tables.keyName;
  return `NOT EXISTS (SELECT 1 FROM ${tables.sql('changed keys')} __r_changed
          WHERE __r_changed.${column} = __r_dead_letter.${ofDeadLetters})`;
}

/** SQL over `__r_row`: its key has not changed since the verify began. */
export function unchanged<Transaction extends SqlTransaction>(
  tables: PipelineTables<Transaction>,
  keys: readonly string[],
): string {
  return `NOT EXISTS (SELECT 1 FROM ${tables.sql('changed keys')} __r_changed
    WHERE ${equalOn('__r_row', '__r_changed', keys)})`;
}

/** SQL over `__r_row`: a row of the visible or verify table that takes part in the comparison. */
export function compared<Transaction extends SqlTransaction>(
  tables: PipelineTables<Transaction>,
  table: 'visible' | 'verify',
  keys: readonly string[],
): string {
  const live = table === 'visible' && tables.soft ? `NOT __r_row.${OWN_COLUMNS.deleted} AND ` : '';
  return `${live}${unchanged(tables, keys)}`;
}
