import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { SdkServices } from '../../runtime/aws/sdk';
import { settingsOf } from '../../runtime/config';
import { Events } from '../../runtime/observe/events';
import { Replicator } from '../../runtime/replicator';
import { openAt } from '../begin';
import { peakBytes } from '../measured';
import { PacedClock } from '../paced-clock';
import type { Engine, LatencyResult } from '../results';
import { percentile } from '../statistics';
import { BUCKET, machineTime, SOURCE_TABLE } from './source-item';
import type { SourceMessage, WriteOrder } from './source-process';
import { watched } from './watched-destination';

export interface LatencyPlan {
  readonly engine: Engine;
  readonly writesPerSecond: number;
  /** How long writes are measured. */
  readonly ms: number;
  readonly folder: string;
  readonly postgresUrl: string | undefined;
}

/** Of both clocks until the first load has been published. */
const RATE = 100;
const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };
/** A partition accepts a thousand writes a second. An on-demand table begins with four partitions. */
const WRITES_PER_SHARD = 1_000;
const LEAST_SHARDS = 4;
/** The first seconds are not measured: code is compiled, and the poll pause of an idle shard ends. */
const UNCOUNTED_MS = 6_000;
const LONGEST_DRAIN_MS = 60_000;

/** Measures the time from a write to the simulator, in another process, until a commit of the replicator makes it visible. */
export async function measureLatency(plan: LatencyPlan): Promise<LatencyResult> {
  const { engine, writesPerSecond, ms, folder, postgresUrl } = plan;
  const shards = Math.max(LEAST_SHARDS, Math.ceil(writesPerSecond / WRITES_PER_SHARD));
  const source = fork(join(__dirname, 'source-process.js'), [RATE, shards].map(String));
  const to = engine === 'duckdb' ? join(folder, 'latency.duckdb') : String(postgresUrl);
  const { url } = (await next(source)) as { url: string };
  const clock = new PacedClock(RATE, 0);
  const aws = await SdkServices.open({ endpoint: url, region: 'eu-west-1', credentials: CREDENTIALS }, clock);
  const destination = openAt(to);
  const visible: { readonly writtenAt: number; readonly tookMs: number }[] = [];
  let newest = 0;
  const events = new Events();
  const replicator = new Replicator({
    settings: settingsOf({ tables: [SOURCE_TABLE], bucket: BUCKET, to, endpoint: url, clockRate: RATE }),
    aws,
    destination: watched(destination, (times) => {
      const now = machineTime();
      for (const writtenAt of times) {
        visible.push({ writtenAt, tookMs: now - writtenAt });
        newest = Math.max(newest, writtenAt);
      }
    }),
    clock,
    events,
  });
  const stop = new AbortController();
  const published = replicator.untilPublished(SOURCE_TABLE);
  const run = replicator.run(stop.signal);
  await published;
  clock.setPace(1);
  const begunAt = machineTime();
  source.send({ writesPerSecond, ms: UNCOUNTED_MS + ms } satisfies WriteOrder);
  const done = (await next(source)) as { written: number; seconds: number; lastAt: number };
  for (const until = Date.now() + LONGEST_DRAIN_MS; newest < done.lastAt - 1_000 && Date.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  stop.abort(new Error('measured'));
  await run;
  source.disconnect();
  aws.close();
  await destination.close();
  const counted = visible.filter(({ writtenAt }) => writtenAt > begunAt + UNCOUNTED_MS);
  const times = counted.map(({ tookMs }) => tookMs);
  return {
    engine,
    writesPerSecond,
    writtenPerSecond: done.written / done.seconds,
    counted: times.length,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
    peakBytes: peakBytes(),
  };
}

async function next(source: ChildProcess): Promise<SourceMessage> {
  const [message] = (await once(source, 'message')) as [SourceMessage];
  return message;
}
