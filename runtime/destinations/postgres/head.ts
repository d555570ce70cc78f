import type { CheckpointWrite, StoredCheckpoint } from '../destination';
import { keptShards, readShards } from '../relational/bookkeeping';
import { type Counts, countsIn } from '../relational/format';
import { integer } from '../relational/sql';
import { BOOKKEEPING, ownRows } from './bookkeeping';
import type { Statement } from './connection/round-trip';
import type { Transaction } from './connection/transaction';
import { textArray } from './rows/arrays';
import { type Storage, unmoved } from './storage';

/** The state after the newest commit of a pipeline. */
export interface Head extends Counts {
  /** `undefined`: no checkpoint yet. */
  readonly checkpoint: string | undefined;
}

/** What the next commit changes in the head of a pipeline. Everything else stays. */
export interface NextHead {
  readonly commit: number;
  checkpoint?: string;
  rows?: number;
  deadLetters?: number;
}

/** Shard id → the commit that wrote its row */
export type ShardCommits = ReadonlyMap<string, number>;

/**
 * What a transaction counts: how much it has changed each number so far. The counts are settings that end with the
 * transaction.
 */
export type Count = 'rows' | 'dead_letters' | 'written';

const settingOf = (count: Count) => `'dynamodb_replicator.${count}'`;
const valueOf = (count: Count) => `current_setting(${settingOf(count)})::bigint`;

/** The settings at the start of a transaction, as SQL: name and value. */
export const NOTHING_COUNTED = [`(${settingOf('rows')}, '0')`, `(${settingOf('dead_letters')}, '0')`];

/** Makes a statement add to a count. @param delta SQL over the rows that `statement` returns, as `__r_done` */
export function counting(count: Count, { sql, values }: Statement, delta: string): Statement {
  return {
    sql: `WITH __r_done AS (${sql})
      SELECT set_config(${settingOf(count)}, (${valueOf(count)} + ${delta})::text, true) FROM __r_done`,
    ...(values && { values }),
  };
}

/** Makes a statement also set the count of the rows that it wrote. @param delta as for `counting`, if it counts `rows` */
export function countingWritten({ sql, values }: Statement, delta = '0'): Statement {
  return {
    sql: `WITH __r_done AS (${sql})
      SELECT set_config(${settingOf('rows')}, (${valueOf('rows')} + ${delta})::text, true),
        set_config(${settingOf('written')}, count(*)::text, true) FROM __r_done`,
    ...(values && { values }),
  };
}

/** Refuses to continue unless the last statement that counted its rows wrote this many. */
export function requireWritten(rows: number): Statement {
  return {
    sql: `SELECT (CASE WHEN ${valueOf('written')} = $1::bigint THEN 'true' ELSE 'dropped' END)::boolean`,
    values: [String(rows)],
    guard: 'rows',
  };
}

/**
 * The same for a statement of few rows: each row adds to the count, which is faster than aggregating them.
 * @param delta SQL over a row
 */
export function countingEach(count: Count, { sql, values }: Statement, delta: string): Statement {
  return {
    sql: `${sql} RETURNING set_config(${settingOf(count)}, (${valueOf(count)} + ${delta})::text, true)`,
    ...(values && { values }),
  };
}

export async function readHead(transaction: Transaction, number: number): Promise<Head> {
  const [row] = await transaction.rows(
    `SELECT head, rows, dead_letters FROM ${BOOKKEEPING}.heads WHERE number = ${integer(number)}
       ORDER BY commit DESC LIMIT 1`,
  );
  return { checkpoint: row?.['head'] ?? undefined, ...countsIn(row) };
}

export async function readCheckpoint(
  transaction: Transaction,
  number: number,
): Promise<StoredCheckpoint | undefined> {
  return withShards(transaction, number, await readHead(transaction, number));
}

/** The checkpoint of this head. */
export async function withShards(
  transaction: Transaction,
  number: number,
  { checkpoint }: Head,
): Promise<StoredCheckpoint | undefined> {
  if (checkpoint === undefined) return undefined;
  return { head: checkpoint, shards: await readShards(transaction, ownRows(number)) };
}

export async function readShardCommits(
  transaction: Transaction,
  number: number,
): Promise<Map<string, number>> {
  const rows = await transaction.rows(
    `SELECT shard, commit FROM ${BOOKKEEPING}.shards WHERE number = ${integer(number)}`,
  );
  return new Map(rows.map(({ shard, commit }) => [String(shard), Number(commit)]));
}

/**
 * Begins a commit in one round trip: locks the pipeline's row if this process is still its writer and the server
 * still has all earlier commits. Otherwise it fails by an invalid cast, which stops the statements that were sent
 * after it without waiting for its answer.
 */
export function holdPipeline(
  number: number,
  { epoch, commits }: { readonly epoch: number; readonly commits: number },
): Statement {
  return {
    sql: `SELECT (CASE WHEN epoch = ${integer(epoch)} AND EXISTS
        (SELECT FROM ${BOOKKEEPING}.heads WHERE number = ${integer(number)} AND commit = $1::bigint)
      THEN 'true' ELSE 'another writer' END)::boolean
      FROM ${BOOKKEEPING}.pipelines WHERE number = ${integer(number)} FOR NO KEY UPDATE`,
    values: [String(commits)],
    guard: 'state',
  };
}

/**
 * Ends what `holdPipeline` began: inserts the next head, with the counts, and deletes the previous one. Refuses when
 * the storage of a written table has changed since its columns were checked. After the write nobody can change it
 * before the commit.
 * @param commits the commits that wrote the present rows of the shards
 */
export function putHead(
  number: number,
  commit: number,
  { head, shards }: CheckpointWrite,
  commits: ShardCommits,
  written: readonly Storage[],
): readonly Statement[] {
  const replaced = [...shards.keys()].flatMap((shard) => {
    const written = commits.get(shard);
    return written === undefined ? [] : [[shard, written] as const];
  });
  const values: (string | Buffer)[] = [String(commit), head];
  const parts: string[] = [];
  const array = (texts: readonly string[]) => `$${values.push(textArray(texts))}::text[]`;
  if (replaced.length > 0) {
    const names = array(replaced.map(([shard]) => shard));
    const numbers = array(replaced.map(([, written]) => String(written)));
    parts.push(
      `__r_gone AS (DELETE FROM ${BOOKKEEPING}.shards WHERE ctid = ANY (ARRAY(SELECT (SELECT __r_shard.ctid
         FROM ${BOOKKEEPING}.shards __r_shard WHERE __r_shard.number = ${integer(number)}
           AND __r_shard.shard = __r_row.shard AND __r_shard.commit = __r_row.commit::bigint)
         FROM unnest(${names}, ${numbers}) AS __r_row (shard, commit))))`,
    );
  }
  const kept = keptShards(shards);
  if (kept.length > 0) {
    const names = array(kept.map(([shard]) => shard));
    const states = array(kept.map(([, state]) => state));
    parts.push(
      `__r_kept AS (INSERT INTO ${BOOKKEEPING}.shards (number, commit, shard, state)
         SELECT ${integer(number)}, $1::bigint, * FROM unnest(${names}, ${states}))`,
    );
  }
  const last = `number = ${integer(number)} AND commit = $1::bigint - 1`;
  return [
    {
      sql: `${parts.length > 0 ? `WITH ${parts.join(', ')}` : ''} INSERT INTO ${BOOKKEEPING}.heads
        SELECT ${integer(number)}, $1::bigint, $2::text, rows + ${valueOf('rows')},
          dead_letters + ${valueOf('dead_letters')} FROM ${BOOKKEEPING}.heads WHERE ${last}`,
      values,
    },
    dropHead(last, commit, written),
  ];
}

/** @param last the condition for the previous head, with `commit` as its `$1` */
function dropHead(last: string, commit: number, written: readonly Storage[]): Statement {
  const values = [String(commit)];
  const place = (value: string) => `$${values.push(value)}`;
  const conditions = written.map(({ table, file, acted }) =>
    unmoved(place(table), place(file), place(String(acted))),
  );
  const sql = `DELETE FROM ${BOOKKEEPING}.heads WHERE ${[last, ...conditions].join(' AND ')}`;
  return written.length === 0 ? { sql, values } : { sql, values, guard: 'state' };
}

/** Updates the map after this commit. */
export function updateShardCommits(
  commits: Map<string, number>,
  shards: CheckpointWrite['shards'],
  commit: number,
): void {
  for (const [shard, state] of shards) {
    if (state === null) commits.delete(shard);
    else commits.set(shard, commit);
  }
}

/** Part of a transaction that has verified that it is the writer's. End it with `replaceHead`. */
export async function writeCheckpoint(
  transaction: Transaction,
  number: number,
  { head, shards }: CheckpointWrite,
  next: NextHead,
): Promise<void> {
  next.checkpoint = head;
  if (shards.size === 0) return;
  await transaction.run(
    `DELETE FROM ${BOOKKEEPING}.shards WHERE number = ${integer(number)} AND shard = ANY ($1::text[])`,
    [textArray([...shards.keys()])],
  );
  const kept = keptShards(shards);
  await transaction.run(
    `INSERT INTO ${BOOKKEEPING}.shards (number, commit, shard, state)
       SELECT ${integer(number)}, ${integer(next.commit)}, * FROM unnest($1::text[], $2::text[])`,
    [textArray(kept.map(([shard]) => shard)), textArray(kept.map(([, state]) => state))],
  );
}

/** The last statement of a transaction that has verified that it is the writer's. */
export async function replaceHead(
  transaction: Transaction,
  number: number,
  { commit, checkpoint, rows, deadLetters }: NextHead,
): Promise<void> {
  const written = await transaction.run(
    `WITH __r_head AS (DELETE FROM ${BOOKKEEPING}.heads
       WHERE number = ${integer(number)} AND commit = ${integer(commit - 1)} RETURNING head, rows, dead_letters)
     INSERT INTO ${BOOKKEEPING}.heads SELECT ${integer(number)}, ${integer(commit)}, coalesce($1, head),
       coalesce($2::bigint, rows), coalesce($3::bigint, dead_letters) FROM __r_head`,
    [
      checkpoint ?? null,
      rows === undefined ? null : String(rows),
      deadLetters === undefined ? null : String(deadLetters),
    ],
  );
  if (written !== 1) throw new Error(`pipeline ${number} has no head of commit ${commit - 1}`);
}
