import type { Column } from '../../item/column';
import { integer } from '../sql';
import type { CheckpointWrite, LedgerLine, StoredCheckpoint } from '../destination';
import { textArray } from './rows/arrays';
import { BOOKKEEPING } from './bookkeeping';
import type { Statement } from './connection/round-trip';
import type { Transaction } from './connection/transaction';

/** Whose rows have been loaded: those of a generation, or those to compare with. */
type Stage = 'shadow' | 'verify';

export async function readCheckpoint(
  transaction: Transaction,
  pipeline: string,
): Promise<StoredCheckpoint | undefined> {
  const [row] = await transaction.rows(
    `SELECT number, head FROM ${BOOKKEEPING}.pipelines WHERE pipeline = $1`,
    [pipeline],
  );
  if (typeof row?.['head'] !== 'string') return undefined;
  const shards = await transaction.rows(
    `SELECT shard, state FROM ${BOOKKEEPING}.shards WHERE number = ${row['number']}`,
  );
  return {
    head: row['head'],
    shards: new Map(shards.map(({ shard, state }) => [String(shard), String(state)])),
  };
}

/**
 * Stores a checkpoint's head as one more commit of the pipeline's, if this is still its writer and the server has kept
 * all that was committed before. Refuses by an invalid cast, as nobody waits between it and what follows it.
 */
export function commitHead(
  number: number,
  { epoch, commits, head }: { readonly epoch: number; readonly commits: number; readonly head: string },
): Statement {
  return {
    sql: `WITH own AS (UPDATE ${BOOKKEEPING}.pipelines SET head = $1, commits = commits + 1
        WHERE number = ${integer(number)} AND epoch = ${integer(epoch)} AND commits = ${integer(commits)} RETURNING 1)
      SELECT (CASE WHEN EXISTS (SELECT FROM own) THEN 'true' ELSE 'another writer' END)::boolean`,
    values: [head],
  };
}

/** As part of a transaction that has made sure of its being the writer's. */
export async function writeCheckpoint(
  transaction: Transaction,
  number: number,
  { head, shards }: CheckpointWrite,
): Promise<void> {
  await transaction.run(`UPDATE ${BOOKKEEPING}.pipelines SET head = $1 WHERE number = ${integer(number)}`, [
    head,
  ]);
  for (const { sql, values } of writeShards(number, shards)) await transaction.run(sql, values);
}

export function writeShards(number: number, shards: CheckpointWrite['shards']): readonly Statement[] {
  const gone = [...shards].filter(([, state]) => state === null).map(([shard]) => shard);
  const kept = [...shards].flatMap(([shard, state]) => (state === null ? [] : [[shard, state] as const]));
  const statements: Statement[] = [];
  if (gone.length > 0) {
    statements.push({
      sql: `DELETE FROM ${BOOKKEEPING}.shards WHERE number = ${integer(number)} AND shard = ANY ($1::text[])`,
      values: [textArray(gone)],
    });
  }
  if (kept.length > 0) {
    statements.push({
      sql: `INSERT INTO ${BOOKKEEPING}.shards SELECT ${integer(number)}, * FROM unnest($1::text[], $2::text[])
        ON CONFLICT (number, shard) DO UPDATE SET state = excluded.state`,
      values: [textArray(kept.map(([shard]) => shard)), textArray(kept.map(([, state]) => state))],
    });
  }
  return statements;
}

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

export async function writeLedger(
  transaction: Transaction,
  number: number,
  stage: Stage,
  lines: readonly LedgerLine[],
): Promise<void> {
  if (lines.length === 0) return;
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.ledger
       SELECT ${integer(number)}, '${stage}', file, items::bigint FROM unnest($1::text[], $2::text[]) AS u (file, items)`,
    [textArray(lines.map(({ file }) => file)), textArray(lines.map(({ items }) => String(items)))],
  );
}

export async function clearLedger(transaction: Transaction, number: number, stage: Stage): Promise<void> {
  await transaction.run(
    `DELETE FROM ${BOOKKEEPING}.ledger WHERE number = ${integer(number)} AND stage = '${stage}'`,
  );
}
