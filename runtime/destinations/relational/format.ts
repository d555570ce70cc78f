import { DestinationUnusable } from '../errors';
import { countDeadLetters } from './dead-letters';
import { countRows } from './publish';
import type { PipelineTables } from './tables';
import { OWN_SCHEMA } from './target';
import type { SqlTransaction } from './transaction';

/** The form of a destination's tables of our own. It grows when they change; 0.1.0 wrote 1. */
export const FORMAT = 2;

/**
 * Of the tables that exist, in this schema.
 * @throws DestinationUnusable when a later version of the replicator has written there
 */
export async function readFormat(transaction: SqlTransaction, schema: string): Promise<1 | typeof FORMAT> {
  const [row] = await transaction.rows(`SELECT format FROM ${schema}.format`);
  const format = Number(row?.['format']);
  if (format === 1 || format === FORMAT) return format;
  if (row === undefined) {
    throw new DestinationUnusable(
      `The row of ${OWN_SCHEMA}.format was deleted. If this version of the replicator has written here before, put it back: ` +
        `INSERT INTO ${OWN_SCHEMA}.format VALUES (${FORMAT});`,
    );
  }
  throw new DestinationUnusable(
    `The replicator's tables in schema ${OWN_SCHEMA} are of format ${format}, and this version knows ${FORMAT}: ` +
      `use the newer version of the replicator.`,
  );
}

/** What the visible table and its dead letters count. */
export interface Counts {
  /** Rows that are not soft-deleted. */
  readonly rows: number;
  readonly deadLetters: number;
}

/** Counts what format 1 does not record. A table that was dropped has no rows. */
export async function countsInFormat1<Transaction extends SqlTransaction>(
  transaction: Transaction,
  tables: PipelineTables<Transaction>,
  published: boolean,
): Promise<Counts> {
  const exists = published && (await tables.exists(transaction, 'visible'));
  return {
    rows: exists ? await countRows(transaction, tables) : 0,
    deadLetters: await countDeadLetters(transaction, tables.ownRows, 'visible'),
  };
}
