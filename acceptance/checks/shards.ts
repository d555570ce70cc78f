import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type ShardIteratorType,
  type _Record,
} from '@aws-sdk/client-dynamodb-streams';
import type { Lab } from '../check';
import { until } from '../until';

const MOST_PAGES = 1_000;

/** A shard as a listing shows it. */
export interface ListedShard {
  readonly id: string;
  readonly parent: string | undefined;
  readonly starting: string;
  /** Absent while the shard looks open. */
  readonly ending: string | undefined;
}

/** A complete listing. Times are epoch ms of this machine. */
export interface Listing {
  readonly status: string;
  /** In AWS's order. */
  readonly shards: readonly ListedShard[];
  readonly startedAt: number;
  readonly endedAt: number;
}

/** Lists all shards of a stream. @throws Error after a thousand pages */
export async function listShards(lab: Lab, streamArn: string): Promise<Listing> {
  const startedAt = lab.clock.now();
  const shards: ListedShard[] = [];
  let after: string | undefined;
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const { StreamDescription: stream } = await lab.streams.send(
      new DescribeStreamCommand({
        StreamArn: streamArn,
        ...(after === undefined ? {} : { ExclusiveStartShardId: after }),
      }),
    );
    for (const { ShardId, ParentShardId, SequenceNumberRange } of stream?.Shards ?? []) {
      shards.push({
        id: ShardId ?? '',
        parent: ParentShardId,
        starting: SequenceNumberRange?.StartingSequenceNumber ?? '',
        ending: SequenceNumberRange?.EndingSequenceNumber,
      });
    }
    after = stream?.LastEvaluatedShardId;
    if (after === undefined)
      return { status: stream?.StreamStatus ?? '', shards, startedAt, endedAt: lab.clock.now() };
  }
  throw new Error(`a listing of shards has more than ${MOST_PAGES} pages`);
}

/** Lists a stream that has just been requested; undefined while AWS does not find it. */
export async function listNew(lab: Lab, streamArn: string): Promise<Listing | undefined> {
  try {
    return await listShards(lab, streamArn);
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** A listing may lack a shard for less than a minute (E3). */
const LISTED_MS = 65_000;

/**
 * The ids of a new stream's shards, from two listings that are more than a minute apart.
 * @throws Error if the stream is not ENABLED after 20 minutes
 */
export async function rootShards(lab: Lab, streamArn: string): Promise<readonly ListedShard[]> {
  const first = await until(lab, { everyMs: 1_000, atMostMs: 20 * 60_000 }, async () => {
    const listing = await listNew(lab, streamArn);
    return listing?.status === 'ENABLED' && listing.shards.length > 0 ? listing : undefined;
  });
  if (first === undefined) throw new Error('a new stream was not ENABLED after 20 minutes');
  await lab.clock.sleep(LISTED_MS);
  const second = await listShards(lab, streamArn);
  const known = new Set(first.found.shards.map(({ id }) => id));
  return [...first.found.shards, ...second.shards.filter(({ id }) => !known.has(id))];
}

/** A new iterator: after a sequence number, or at one of the ends. */
export async function iteratorAt(
  lab: Lab,
  streamArn: string,
  shardId: string,
  where: { readonly after: string } | 'TRIM_HORIZON' | 'LATEST',
): Promise<string> {
  const position =
    typeof where === 'string'
      ? { ShardIteratorType: where as ShardIteratorType }
      : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER' as const, SequenceNumber: where.after };
  const { ShardIterator } = await lab.streams.send(
    new GetShardIteratorCommand({ StreamArn: streamArn, ShardId: shardId, ...position }),
  );
  return ShardIterator ?? '';
}

/** A record of a check's table. */
export interface ReadRecord {
  readonly pk: string;
  /** Number of the write; -1 for a delete. */
  readonly n: number;
  readonly kind: string;
  readonly sequence: string;
  /** Epoch ms, whole seconds. */
  readonly createdAt: number;
  /** Who deleted it, if not a request. */
  readonly by: string | undefined;
  readonly record: _Record;
}

export interface Page {
  readonly records: readonly ReadRecord[];
  readonly next: string | undefined;
  /** Epoch ms of this machine. */
  readonly requestedAt: number;
}

export async function readPage(lab: Lab, iterator: string, limit = 1_000): Promise<Page> {
  const requestedAt = lab.clock.now();
  const { Records, NextShardIterator } = await lab.streams.send(
    new GetRecordsCommand({ ShardIterator: iterator, Limit: limit }),
  );
  return { records: (Records ?? []).map(readRecord), next: NextShardIterator, requestedAt };
}

function readRecord(record: _Record): ReadRecord {
  const { dynamodb, eventName = '', userIdentity } = record;
  return {
    pk: dynamodb?.Keys?.['pk']?.S ?? '',
    n: Number(dynamodb?.NewImage?.['n']?.N ?? -1),
    kind: eventName,
    sequence: dynamodb?.SequenceNumber ?? '',
    createdAt: dynamodb?.ApproximateCreationDateTime?.getTime() ?? Number.NaN,
    by:
      userIdentity === undefined
        ? undefined
        : `${userIdentity.Type ?? 'no type'} ${userIdentity.PrincipalId ?? 'no principal'}`,
    record,
  };
}

/**
 * Reads what a shard has, from its oldest record or after a position, until its end or until several empty answers in a row.
 * `hasEnded`: the last answer had no next iterator.
 */
export async function readShard(
  lab: Lab,
  streamArn: string,
  shardId: string,
  after?: string,
): Promise<{ readonly records: readonly ReadRecord[]; readonly hasEnded: boolean }> {
  const EMPTY_IN_A_ROW = 10;
  const PAUSE_MS = 250;
  const records: ReadRecord[] = [];
  let next: string | undefined = await iteratorAt(
    lab,
    streamArn,
    shardId,
    after === undefined ? 'TRIM_HORIZON' : { after },
  );
  for (let pages = 0, empty = 0; pages < MOST_PAGES && empty < EMPTY_IN_A_ROW; pages++) {
    const page: Page = await readPage(lab, next);
    records.push(...page.records);
    empty = page.records.length === 0 ? empty + 1 : 0;
    if (page.next === undefined) return { records, hasEnded: true };
    next = page.next;
    await lab.clock.sleep(PAUSE_MS);
  }
  return { records, hasEnded: false };
}

/** Compares two sequence numbers as integers. */
export const isGreater = (one: string, other: string): boolean => BigInt(one) > BigInt(other);
