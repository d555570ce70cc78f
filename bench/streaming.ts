import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startJob } from './child/start-job';
import type { Database } from './postgres';
import type { Engine, StreamingResult } from './results';
import { figure, percentile } from './statistics';

const LONGEST_MS = 900_000;

export interface StreamingOptions {
  readonly folder: string;
  readonly seed: number;
  readonly rounds: number;
  readonly tableRows: readonly number[];
  readonly batchSizes: readonly number[];
  readonly applyMs: number;
  readonly database: (() => Promise<Database>) | undefined;
  readonly tell: (line: string) => void;
}

/** Measures applying changes to tables of several sizes, in both destinations. */
export async function runStreaming(options: StreamingOptions): Promise<readonly StreamingResult[]> {
  const results: StreamingResult[] = [];
  for (const rows of options.tableRows) {
    for (const engine of ['duckdb', 'postgres'] as const) {
      if (engine === 'postgres' && options.database === undefined) continue;
      results.push(...(await runTable(options, engine, rows)));
    }
  }
  return results;
}

async function runTable(
  { folder: root, seed, rounds, batchSizes, applyMs, database: create, tell }: StreamingOptions,
  engine: Engine,
  rows: number,
): Promise<readonly StreamingResult[]> {
  const folder = join(root, 'work');
  mkdirSync(folder);
  const database = engine === 'postgres' ? await create?.() : undefined;
  try {
    tell(`streaming into ${engine}, ${rows} rows`);
    const postgresUrl = database?.url;
    const results = await startJob<StreamingResult[]>(
      { kind: 'streaming', engine, rows, batchSizes, rounds, roundMs: applyMs, seed, folder, postgresUrl },
      LONGEST_MS,
    );
    for (const result of results) tell(line(result));
    return results;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await database?.drop();
  }
}

function line({ batch, ours }: StreamingResult): string {
  const rate = figure(
    ours.map(({ changes, commitMs }) => (changes * 1_000) / commitMs.reduce((sum, ms) => sum + ms, 0)),
  );
  const p50 = percentile(
    ours.flatMap(({ commitMs }) => commitMs),
    0.5,
  );
  return `  batches of ${batch}: ${Math.round(rate.median)} changes/s, ${p50.toFixed(1)} ms`;
}
