import type { ListedShard, StreamPage, StreamRecord } from '../aws/services';

/** One complete list of a stream's shards (rule S4). */
export interface Listing {
  readonly kind: 'listing';
  readonly streamArn: string;
  /** Service time just before its first page was requested, epoch ms. */
  readonly startedAt: number;
  /** Service time when its last page had arrived: it shows nothing later. Epoch ms. */
  readonly completedAt: number;
  readonly shards: readonly ListedShard[];
  readonly status: StreamPage['status'];
  readonly viewType: string;
}

/** What DescribeStream shows of one shard's children. A child may be hidden, so this does not count as a listing (rule W1). */
export interface ChildAnswer {
  readonly kind: 'children';
  readonly parentId: string;
  readonly shards: readonly ListedShard[];
  /** Service's clock, epoch ms. */
  readonly answeredAt: number;
}

/** One answer of GetRecords, or several consecutive ones without records. Times are epoch ms on the service's clock. */
export interface ShardPage {
  readonly kind: 'page';
  readonly shardId: string;
  readonly records: readonly StreamRecord[];
  /** Nothing follows these records: the shard is closed and read to its end (rule S2). */
  readonly ended: boolean;
  readonly requestedAt: number;
  readonly receivedAt: number;
  /** If the last three answers were empty: when the first of them was requested (rule W1). */
  readonly idleSince: number | undefined;
  /** The shard was not found, though its stream exists: it may count as read to its end (rule A2). */
  readonly gone?: true;
  /** Approximate size in memory. */
  readonly bytes: number;
}
