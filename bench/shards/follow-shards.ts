import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { retrying } from '../../runtime/aws/retrying';
import { SdkServices } from '../../runtime/aws/sdk';
import type { AwsServices, StreamRecord } from '../../runtime/aws/services';
import { LocalClock } from '../../runtime/clock';
import { settingsOf } from '../../runtime/config';
import type { CheckpointWrite, PipelineStore } from '../../runtime/destinations/destination';
import { ScanningBlockDecoder } from '../../runtime/item/scanner/scanning-block-decoder';
import { Events } from '../../runtime/observe/events';
import type { Checkpoint } from '../../runtime/pipeline/checkpoint';
import { Committer } from '../../runtime/pipeline/committer';
import type { PipelineContext } from '../../runtime/pipeline/context';
import { Follower } from '../../runtime/pipeline/follower';
import type { TableWriter } from '../../runtime/pipeline/table-writer';
import { listShards } from '../../runtime/stream/listing';
import { Poller } from '../../runtime/stream/poller';
import { Semaphore } from '../../runtime/semaphore';
import { readLimits } from '../../runtime/stream/read-limits';
import { ReadScheduler } from '../../runtime/stream/read-scheduler';
import { type Listing, ShardGraph } from '../../runtime/stream/shard-graph';
import { PIPELINE, TABLE } from '../begin';
import { peakBytes } from '../measured';
import type { ShardsResult, Writes } from '../results';
import { Stalls } from './stalls';
import { STREAM_ARN, type StreamPlan, WRITTEN_AT } from './stream-shards';

export interface ShardsPlan {
  readonly open: number;
  readonly writes: Writes;
  readonly ms: number;
}

/** Closed shards before each open one that the stream still lists: those of a day. */
const ANCESTORS = 6;
const HOT_RECORDS_PER_SECOND = 1_000;
/**
 * Measuring starts after each shard has been read this often: idle shards are known to be idle, the backlog is read, and the
 * code is compiled.
 */
const UNCOUNTED_READS = 4;
const BEHIND_MS = 15_000;
const UNCOUNTED_MS = 5_000;
const LONGEST_UNCOUNTED_MS = 120_000;
/** Time of a commit, which stands in for the destination. */
const COMMIT_MS = 10;
const MINUTE = 60_000;

/** Follows a stream of many shards with the AWS SDK over a socket, as a pipeline does, and drops the changes. */
export async function followShards({ open, writes, ms }: ShardsPlan): Promise<ShardsResult> {
  const stream = fork(join(__dirname, 'stream-process.js'), [JSON.stringify(streamPlan(open, writes))]);
  const [port] = (await once(stream, 'message')) as [number];
  const clock = new LocalClock();
  const events = new Events();
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const sdk = new SdkServices(
    { region: 'eu-west-1', endpoint: `http://127.0.0.1:${port}`, credentials },
    clock,
  );
  const counted = { reads: 0, records: 0, longestLagMs: 0 };
  const aws: AwsServices = {
    ...retrying(sdk, { clock, events, random: Math.random }),
    clock: sdk.clock,
  };
  const { getRecords } = aws;
  aws.getRecords = (...words) => {
    counted.reads += 1;
    return getRecords(...words);
  };
  const settings = settingsOf({ tables: [TABLE], bucket: 'none', to: 'none.duckdb' });
  const { queueBytes } = settings;
  const scheduler = new ReadScheduler({ clock, queueBytes, ...readLimits(undefined) });
  const context: PipelineContext = {
    pipeline: PIPELINE,
    table: { ...settings.tables[0] } as PipelineContext['table'],
    settings,
    aws,
    clock,
    events,
    scheduler,
    exports: new Semaphore(1),
    scheduledVerifies: new Semaphore(1),
    parts: { decoder: new ScanningBlockDecoder() },
  };
  // The first answer has the service's time.
  await aws.describeStream(STREAM_ARN, {});
  const graph = midDay(await listShards(aws, STREAM_ARN));
  const checkpoint = {
    format: 1,
    commit: 1,
    phase: 'stream',
    generation: 1,
    streamArn: STREAM_ARN,
  } as Checkpoint;
  const save = (_checkpoint: CheckpointWrite) => clock.sleep(COMMIT_MS);
  const store = { epoch: 1, save } as Partial<PipelineStore> as PipelineStore;
  const apply = async (_role: string, records: readonly StreamRecord[], next: CheckpointWrite) => {
    await save(next);
    counted.records += records.length;
    const now = Date.now();
    for (const { newImage } of records) {
      const at = newImage?.get(WRITTEN_AT);
      if (at && 'N' in at) counted.longestLagMs = Math.max(counted.longestLagMs, now - Number(at.N));
    }
    return records.length;
  };
  const committer = new Committer(store, context, { checkpoint, graph });
  const poller = new Poller({ ...context, streamArn: STREAM_ARN, beforeRead: () => undefined });
  const writer = { apply } as Partial<TableWriter> as TableWriter;
  const nobody = { publishes: () => undefined, published: () => undefined };
  const follower = new Follower({ context, store, committer, writer, feedsVisible: false }, poller, nobody);

  const stop = new AbortController();
  const ended = new Error('measured');
  const run = follower.run(stop.signal).catch((error: unknown) => {
    if (error !== ended) throw error;
  });
  const until = clock.elapsedMs() + LONGEST_UNCOUNTED_MS;
  do {
    counted.longestLagMs = 0;
    await Promise.race([run, clock.sleep(UNCOUNTED_MS)]);
  } while (
    (counted.reads < UNCOUNTED_READS * open || counted.longestLagMs > BEHIND_MS) &&
    clock.elapsedMs() < until
  );
  Object.assign(counted, { reads: 0, records: 0, longestLagMs: 0 });
  const stalls = new Stalls();
  const cpuBefore = process.cpuUsage();
  const startedMs = clock.elapsedMs();
  await Promise.race([run, clock.sleep(ms)]);
  const seconds = (clock.elapsedMs() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  stalls.stop();
  const result = {
    open,
    known: graph.shards.size,
    writes,
    cpu: (user + system) / 1e6 / seconds,
    readsPerSecond: counted.reads / seconds,
    longestStallMs: stalls.longestMs,
    recordsPerSecond: counted.records / seconds,
    longestLagMs: counted.records > 0 ? counted.longestLagMs : undefined,
    watermarkAgeMs: aws.clock.now() - committer.current.graph.watermark(),
    peakBytes: peakBytes(),
  };
  stop.abort(ended);
  await run;
  await poller.stop();
  sdk.close();
  stream.disconnect();
  return result;
}

function streamPlan(open: number, writes: Writes): StreamPlan {
  const [busy, recordsPerSecond] = {
    none: [0, 0],
    'one a second to each': [open, 1],
    'to one shard': [1, HOT_RECORDS_PER_SECOND],
  }[writes] as [number, number];
  return { open, ancestors: ANCESTORS, busy, recordsPerSecond };
}

/** The shard graph in the middle of a day: all closed shards are read to their end. */
function midDay(listing: Listing): ShardGraph {
  const lines = new Map<string, string>();
  const depths = new Map<string, number>();
  for (const { id, parentId, closed } of listing.shards) {
    const depth = parentId === undefined ? 0 : (depths.get(parentId) ?? 0) + 1;
    depths.set(id, depth);
    const stage = closed ? 'succeeded' : 'open';
    const watermark = listing.startedAt - MINUTE;
    lines.set(id, JSON.stringify({ parent: parentId, depth, stage, watermark, prefixPassed: true }));
  }
  return ShardGraph.restore(ShardGraph.start(listing).head(), lines);
}
