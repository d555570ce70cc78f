import type { ListedShard, StreamRecord } from '../../../runtime/aws/services';
import type { Listing, ShardPage } from '../../../runtime/stream/shard-graph';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** The start of the listing that settles the roots in these tests. */
export const START = Date.UTC(2026, 0, 5, 12);
/** Rule A2. */
export const S0 = START - 5 * MINUTE;

export function record(sequenceNumber: number | string, createdAt: number, key = 'k'): StreamRecord {
  return {
    eventName: 'MODIFY',
    sequenceNumber: typeof sequenceNumber === 'string' ? sequenceNumber : sequence(sequenceNumber),
    createdAt,
    keys: new Map([['pk', { S: key }]]),
    newImage: new Map([['pk', { S: key }]]),
    byTimeToLive: false,
  };
}

/** Sequence numbers that grow from 21 to 22 digits between 4 and 5, and so would be out of order as text. */
export function sequence(index: number): string {
  return (10n ** 21n - 5n + BigInt(index)).toString();
}

export function page(shardId: string, options: Partial<Omit<ShardPage, 'kind' | 'shardId'>> = {}): ShardPage {
  return {
    kind: 'page',
    shardId,
    records: [],
    ended: false,
    requestedAt: START,
    receivedAt: START,
    idleSince: undefined,
    bytes: 0,
    ...options,
  };
}

/** `'B<A'`: B, a child of A. A trailing `.`: closed. */
export function shard(text: string): ListedShard {
  const [, id, parentId, dot] = /^(\w+)(?:<(\w+))?(\.)?$/.exec(text) ?? [];
  if (id === undefined) throw new Error(`not a shard: ${text}`);
  return { id, parentId, closed: dot !== undefined };
}

export function listing(startedAt: number, shards: string, status: Listing['status'] = 'ENABLED'): Listing {
  return {
    kind: 'listing',
    streamArn: 'arn:aws:dynamodb:eu-west-1:000000000000:table/t/stream/2026-01-05T12:00:00.000',
    startedAt,
    completedAt: startedAt,
    shards: shards.split(' ').filter(Boolean).map(shard),
    status,
    viewType: 'NEW_IMAGE',
  };
}
