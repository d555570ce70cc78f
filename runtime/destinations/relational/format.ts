import { DestinationUnusable } from '../errors';
import { countDeadLetters } from './dead-letters';
import { countRows } from './publish';
import type { PipelineTables } from './tables';
import { type MadeTarget, OWN_SCHEMA, recordedTarget } from './target';
import { isTrue, type SqlRow, type SqlTransaction } from './transaction';

/** The format of the bookkeeping tables of a destination. It is incremented when they change. 0.1.0 wrote 1. */
export const FORMAT = 2;

/**
 * The format of the existing bookkeeping tables in this schema.
 * @throws DestinationUnusable when a later version of the replicator has written there
 */
export async function readFormat(transaction: SqlTransaction, schema: string): Promise<1 | typeof FORMAT> {
  const [row] = await transaction.rows(`SELECT format FROM ${schema}.format`);
  const format = Number(row?.['format']);
  if (format === 1 || format === FORMAT) return format;
  if (row === undefined) {
    throw new DestinationUnusable(
      `The row of ${OWN_SCHEMA}.format was deleted. If this version of the replicator has written here before, restore it: ` +
        `INSERT INTO ${OWN_SCHEMA}.format VALUES (${FORMAT});`,
    );
  }
  throw new DestinationUnusable(
    `The replicator's tables in schema ${OWN_SCHEMA} have format ${format}, and this version supports up to ${FORMAT}. ` +
      `Use the newer version of the replicator.`,
  );
}

/** The counts of the visible table and its dead letters. */
export interface Counts {
  /** Rows that are not soft-deleted. */
  readonly rows: number;
  readonly deadLetters: number;
}

/** The counts in a head's row. 0 before the first checkpoint. */
export function countsIn(row: SqlRow | undefined): Counts {
  return { rows: Number(row?.['rows'] ?? 0), deadLetters: Number(row?.['dead_letters'] ?? 0) };
}

/**
 * Counts what format 1 does not record. A dropped table counts as empty.
 * @param row the row of the pipeline in format 1
 */
export async function countsInFormat1<Transaction extends SqlTransaction>(
  transaction: Transaction,
  row: SqlRow,
  Tables: new (target: MadeTarget, number: number) => PipelineTables<Transaction>,
): Promise<Counts> {
  const { deletes = 'hard', ...recorded } = recordedTarget(String(row['pipeline']), row);
  const tables = new Tables({ ...recorded, deletes }, Number(row['number']));
  const exists = isTrue(row['published']) && (await tables.exists(transaction, 'visible'));
  return {
    rows: exists ? await countRows(transaction, tables) : 0,
    deadLetters: await countDeadLetters(transaction, tables.ownRows, 'visible'),
  };
}
