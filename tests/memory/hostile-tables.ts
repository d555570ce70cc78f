import { setMaxListeners } from 'node:events';
import { retrying } from '../../runtime/aws/retrying';
import { recordPage } from '../../runtime/aws/record-page';
import type { AwsServices } from '../../runtime/aws/services';
import { LocalClock } from '../../runtime/clock';
import { settingsOf } from '../../runtime/config';
import { Events } from '../../runtime/observe/events';
import { Poller } from '../../runtime/stream/poller';
import { readLimits } from '../../runtime/stream/read-limits';
import { ReadScheduler } from '../../runtime/stream/read-scheduler';
import { type Listing, ShardGraph } from '../../runtime/stream/shard-graph';

/**
 * Follows tables whose shards each have more of the largest pages than can be processed, with default settings, until each
 * table was served `rounds` times. Runs in its own process, whose memory is measured. Sends the number of pages.
 */
async function follow(tables: number, shards: number, rounds: number): Promise<number> {
  const clock = new LocalClock();
  const events = new Events();
  const { queueBytes } = settingsOf({ tables: ['none'], bucket: 'none', to: 'none.duckdb' });
  const scheduler = new ReadScheduler({ clock, queueBytes, ...readLimits(undefined) });
  const body = hostileAnswer();
  const services: Partial<AwsServices> = {
    clock: { now: () => Date.now() },
    getShardIterator: () => Promise.resolve('0'),
    getRecords: async (_iterator, _limit, signal, attempts) => {
      await clock.sleep(5, signal);
      const answer = Buffer.from(body);
      await attempts?.received(answer.byteLength);
      return recordPage({ bytes: answer, crc32: undefined });
    },
    describeStream: (_streamArn, _page, signal) =>
      clock.sleep(3_600_000, signal).then(() => Promise.reject(new Error('late'))),
  };
  const aws = retrying(services as AwsServices, { clock, events, random: Math.random });
  const stop = new AbortController();
  setMaxListeners(0, stop.signal);
  let pages = 0;
  await Promise.all(
    Array.from({ length: tables }, async (_, table) => {
      const streamArn = `table ${table}`;
      const poller = new Poller({
        aws,
        clock,
        events,
        pipeline: streamArn,
        streamArn,
        scheduler,
        beforeRead: () => undefined,
      });
      poller.follow(ShardGraph.start(listingOf(streamArn, shards)));
      // A loop variable would keep the last batch in memory while it waits for the next, as it would in the pipeline.
      const apply = async () => {
        const taken = await poller.take({ maxBytes: 8 * 2 ** 20, maxWaitMs: 60_000, signal: stop.signal });
        await clock.sleep(20);
        pages += taken.length;
      };
      for (let round = 0; round < rounds; round++) await apply();
      await poller.stop();
    }),
  );
  return pages;
}

/** About 1 MB as the service counts it, sixty times as much when parsed. */
function hostileAnswer(): Buffer {
  const list = JSON.stringify({ L: Array.from({ length: 80_000 }, () => ({ M: {} })) });
  const record = (index: number) =>
    `{"eventName":"MODIFY","dynamodb":{"ApproximateCreationDateTime":${Math.floor(Date.now() / 1_000)},` +
    `"Keys":{"id":{"S":"k"}},"NewImage":{"id":{"S":"k"},"l":${list}},"SequenceNumber":"1${String(index).padStart(20, '0')}"}}`;
  return Buffer.from(`{"Records":[${[1, 2, 3].map(record).join(',')}],"NextShardIterator":"next"}`);
}

function listingOf(streamArn: string, count: number): Listing {
  const shards = Array.from({ length: count }, (_, index) => ({
    id: `shardId-${String(index).padStart(20, '0')}-0`,
    parentId: undefined,
    closed: false,
  }));
  const startedAt = Date.now();
  return {
    kind: 'listing',
    streamArn,
    startedAt,
    completedAt: startedAt,
    shards,
    status: 'ENABLED',
    viewType: 'NEW_IMAGE',
  };
}

const [tables = 0, shards = 0, rounds = 0] = process.argv.slice(2).map(Number);
void follow(tables, shards, rounds).then((pages) => process.send?.(pages, () => process.exit(0)));
