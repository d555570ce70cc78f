import type { Column } from '../../item/column';
import { integer } from '../relational/sql';
import type { LedgerLine } from '../destination';
import { FileLoadedMeanwhile } from '../errors';
import { textArray } from './rows/arrays';
import { BOOKKEEPING } from './bookkeeping';
import type { Transaction } from './connection/transaction';

/** Whose rows have been loaded: those of a generation, or those to compare with. */
type Stage = 'shadow' | 'verify';

export async function readColumns(transaction: Transaction, number: number): Promise<readonly Column[]> {
  const rows = await transaction.rows(
    `SELECT definition FROM ${BOOKKEEPING}.columns WHERE number = ${integer(number)} ORDER BY position`,
  );
  return rows.map(({ definition }) => JSON.parse(String(definition)) as Column);
}

export async function writeColumns(
  transaction: Transaction,
  number: number,
  columns: readonly Column[],
): Promise<void> {
  await transaction.run(`DELETE FROM ${BOOKKEEPING}.columns WHERE number = ${integer(number)}`);
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.columns
       SELECT ${integer(number)}, position, definition FROM unnest($1::text[]) WITH ORDINALITY AS u (definition, position)`,
    [textArray(columns.map((column) => JSON.stringify(column)))],
  );
}

export async function readLedger(
  transaction: Transaction,
  number: number,
  stage: Stage,
): Promise<readonly LedgerLine[]> {
  const rows = await transaction.rows(
    `SELECT file, items FROM ${BOOKKEEPING}.ledger WHERE number = ${integer(number)} AND stage = '${stage}' ORDER BY file`,
  );
  return rows.map(({ file, items }) => ({ file: String(file), items: Number(items) }));
}

/** @throws FileLoadedMeanwhile */
export async function writeLedger(
  transaction: Transaction,
  number: number,
  stage: Stage,
  lines: readonly LedgerLine[],
): Promise<void> {
  if (lines.length === 0) return;
  const written = await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.ledger
       SELECT ${integer(number)}, '${stage}', file, items::bigint FROM unnest($1::text[], $2::text[]) AS u (file, items)
       ON CONFLICT DO NOTHING`,
    [textArray(lines.map(({ file }) => file)), textArray(lines.map(({ items }) => String(items)))],
  );
  if (written < lines.length) throw new FileLoadedMeanwhile();
}

export async function clearLedger(transaction: Transaction, number: number, stage: Stage): Promise<void> {
  await transaction.run(
    `DELETE FROM ${BOOKKEEPING}.ledger WHERE number = ${integer(number)} AND stage = '${stage}'`,
  );
}
