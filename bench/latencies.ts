import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startJob } from './child/start-job';
import type { Database } from './postgres';
import type { LatencyResult } from './results';

const LONGEST_MS = 240_000;

export interface LatencyOptions {
  readonly folder: string;
  readonly writesPerSecond: readonly number[];
  readonly latencyMs: number;
  readonly database: (() => Promise<Database>) | undefined;
  readonly tell: (line: string) => void;
}

/** Measures how long writes take to become visible, at several rates, in both destinations. */
export async function runLatencies(options: LatencyOptions): Promise<readonly LatencyResult[]> {
  const results: LatencyResult[] = [];
  for (const writesPerSecond of options.writesPerSecond) {
    for (const engine of ['duckdb', 'postgres'] as const) {
      if (engine === 'postgres' && options.database === undefined) continue;
      const folder = join(options.folder, 'work');
      mkdirSync(folder);
      const database = engine === 'postgres' ? await options.database?.() : undefined;
      try {
        const postgresUrl = database?.url;
        const job = { kind: 'latency', engine, writesPerSecond, ms: options.latencyMs } as const;
        const result = await startJob<LatencyResult>({ ...job, folder, postgresUrl }, LONGEST_MS);
        options.tell(line(result));
        results.push(result);
      } finally {
        rmSync(folder, { recursive: true, force: true });
        await database?.drop();
      }
    }
  }
  return results;
}

function line({ engine, writesPerSecond, writtenPerSecond, p50Ms, p99Ms }: LatencyResult): string {
  return (
    `latency into ${engine} at ${writesPerSecond} writes/s (${Math.round(writtenPerSecond)} achieved): ` +
    `p50 ${Math.round(p50Ms)} ms, p99 ${Math.round(p99Ms)} ms`
  );
}
