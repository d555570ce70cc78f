import type { CheckpointWrite, StoredCheckpoint } from '../destination';
import { keptShards, readShards } from '../relational/bookkeeping';
import { type Counts, countsIn } from '../relational/format';
import { BOOKKEEPING, ownRows, textList } from './bookkeeping';
import type { Transaction } from './session';

export async function readCheckpoint(
  transaction: Transaction,
  pipeline: string,
): Promise<StoredCheckpoint | undefined> {
  const [head] = await transaction.rows(`SELECT head FROM ${BOOKKEEPING}.heads WHERE pipeline = $1`, [
    pipeline,
  ]);
  if (head === undefined) return undefined;
  return { head: String(head['head']), shards: await readShards(transaction, ownRows(pipeline)) };
}

/** The counts of the visible table and its dead letters. 0 before the first checkpoint. */
export async function readCounts(transaction: Transaction, pipeline: string): Promise<Counts> {
  const [row] = await transaction.rows(
    `SELECT rows, dead_letters FROM ${BOOKKEEPING}.heads WHERE pipeline = $1`,
    [pipeline],
  );
  return countsIn(row);
}

/** Rows are deleted and inserted, never updated: after an update DuckDB cannot shorten its log while a load is open. */
export async function writeCheckpoint(
  transaction: Transaction,
  pipeline: string,
  checkpoint: CheckpointWrite,
  counts?: Counts,
): Promise<void> {
  const before = await takeHead(transaction, pipeline);
  await putHead(transaction, pipeline, checkpoint, counts ?? before);
}

/** Deletes the head of the last commit, and returns its counts. `putHead` has to follow. */
export async function takeHead(transaction: Transaction, pipeline: string): Promise<Counts> {
  const [head] = await transaction.rows(
    `DELETE FROM ${BOOKKEEPING}.heads WHERE pipeline = $1 RETURNING rows, dead_letters`,
    [pipeline],
  );
  return countsIn(head);
}

export async function putHead(
  transaction: Transaction,
  pipeline: string,
  { head, shards }: CheckpointWrite,
  { rows, deadLetters }: Counts,
): Promise<void> {
  await transaction.run(`INSERT INTO ${BOOKKEEPING}.heads VALUES ($1, $2, $3, $4)`, [
    pipeline,
    head,
    BigInt(rows),
    BigInt(deadLetters),
  ]);
  if (shards.size === 0) return;
  await transaction.run(
    `DELETE FROM ${BOOKKEEPING}.shards WHERE pipeline = $1 AND shard IN (SELECT unnest($2::VARCHAR[]))`,
    [pipeline, textList([...shards.keys()])],
  );
  const kept = keptShards(shards);
  if (kept.length === 0) return;
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.shards SELECT $1, unnest($2::VARCHAR[]), unnest($3::VARCHAR[])`,
    [pipeline, textList(kept.map(([shard]) => shard)), textList(kept.map(([, state]) => state))],
  );
}
