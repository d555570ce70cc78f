import type { StreamRecord } from '../../runtime/aws/services';
import type { CheckpointWrite } from '../../runtime/destinations/destination';
import type { ApplyRound, StreamingResult } from '../results';
import { Changes } from './changes';
import { openTable, type OpenTable } from './open-table';

export interface StreamingPlan {
  readonly engine: 'duckdb' | 'postgres';
  readonly rows: number;
  readonly batchSizes: readonly number[];
  readonly rounds: number;
  /** Duration of each round and batch size; there are at least `LEAST_COMMITS` commits. */
  readonly roundMs: number;
  readonly seed: number;
  readonly folder: string;
  readonly postgresUrl: string | undefined;
}

const LEAST_COMMITS = 4;
const MOST_COMMITS = 400;

/**
 * In each round, applies batches of changes to one table as the replicator does, from records to the commit. Then prepares as
 * many batches beforehand and sends only their statements, which shows how much of the time the database takes. And applies
 * batches as during a resync.
 */
export async function applyChanges(plan: StreamingPlan): Promise<StreamingResult[]> {
  const table = await openTable(plan);
  const changes = new Changes(plan.seed, plan.rows);
  const results = plan.batchSizes.map((batch) => ({
    batch,
    ours: [] as ApplyRound[],
    prepared: [] as ApplyRound[],
    resync: [] as ApplyRound[],
  }));
  // Warm up: a replicator that runs for weeks is past its slow start.
  for (const batch of plan.batchSizes) await table.apply(changes.batch(batch), checkpoint());
  for (let round = 0; round < plan.rounds; round++) {
    for (const { batch, ours, prepared, resync } of results) {
      const next = () => changes.batch(batch);
      const own = await applyRound(table, plan.roundMs, next);
      ours.push(own);
      prepared.push(await preparedRound(table, own.commitMs.length, next));
      resync.push(await table.inResync(() => applyRound(table, plan.roundMs, next)));
    }
  }
  await table.close();
  const { engine, rows } = plan;
  return results.map((result) => ({ engine, rows, ...result }));
}

type NextBatch = () => readonly StreamRecord[];

async function applyRound({ apply }: OpenTable, roundMs: number, next: NextBatch): Promise<ApplyRound> {
  const commitMs: number[] = [];
  let changes = 0;
  let spentMs = 0;
  while (commitMs.length < LEAST_COMMITS || (spentMs < roundMs && commitMs.length < MOST_COMMITS)) {
    const records = next();
    const write = checkpoint();
    const ms = await took(() => apply(records, write));
    commitMs.push(ms);
    changes += records.length;
    spentMs += ms;
  }
  return { changes, commitMs };
}

async function preparedRound(
  { apply, replay }: OpenTable,
  commits: number,
  next: NextBatch,
): Promise<ApplyRound> {
  let changes = 0;
  for (let commit = 0; commit < commits; commit++) {
    const records = next();
    changes += records.length;
    await replay.record(() => apply(records, checkpoint()));
  }
  const commitMs: number[] = [];
  while (commitMs.length < commits) commitMs.push(await took(() => replay.send()));
  return { changes, commitMs };
}

async function took(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

let commits = 0;

/** A checkpoint about as large as a pipeline's with a few shards. */
function checkpoint(): CheckpointWrite {
  commits += 1;
  const head = JSON.stringify({ commit: commits, generation: 1, phase: 'stream', about: 'x'.repeat(500) });
  const shard = JSON.stringify({ position: String(commits).padStart(21, '1') });
  return { head, shards: new Map([['shardId-00000001790000000000-0badc0de', shard]]) };
}
