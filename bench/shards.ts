import { startJob } from './child/start-job';
import { type ShardsResult, WRITES } from './results';

const LONGEST_MS = 300_000;

export interface ShardsOptions {
  readonly openShards: readonly number[];
  readonly shardsMs: number;
  readonly tell: (line: string) => void;
}

/** Follows streams of many shards in one process: idle, with few writes to each shard, and with many to one. */
export async function runShards({
  openShards,
  shardsMs,
  tell,
}: ShardsOptions): Promise<readonly ShardsResult[]> {
  const results: ShardsResult[] = [];
  for (const open of openShards) {
    for (const writes of WRITES) {
      const result = await startJob<ShardsResult>({ kind: 'shards', open, writes, ms: shardsMs }, LONGEST_MS);
      results.push(result);
      tell(line(result));
    }
  }
  return results;
}

function line({ open, writes, cpu, readsPerSecond, longestStallMs, longestLagMs = 0 }: ShardsResult): string {
  return (
    `${open} open shards, writes: ${writes}: ${Math.round(cpu * 100)} % of a core, ${Math.round(readsPerSecond)} reads/s, ` +
    `longest stall ${Math.round(longestStallMs)} ms, longest lag ${Math.round(longestLagMs)} ms`
  );
}
