import { AwsFault } from '../../../runtime/aws/faults';
import type {
  AwsServices,
  ListedShard,
  RecordPage,
  ShardPosition,
  StreamPage,
  StreamRecord,
} from '../../../runtime/aws/services';
import type { VirtualClock } from '../../simulation/virtual-clock';
import { record } from './arrivals';

const PAGE_OF_SHARDS = 100;

interface FakeShard {
  readonly parentId: string | undefined;
  readonly records: StreamRecord[];
  closed: boolean;
}

export function fault(
  code: string,
  kind: AwsFault['kind'] = 'fatal',
  pace: AwsFault['pace'] = 'soon',
): AwsFault {
  return new AwsFault('GetRecords', code, kind, pace, 400, `${code} (injected)`);
}

/** A fake stream with the runtime's own interface, on a virtual clock. Each call takes `latencyMs`. */
export class FakeStream {
  readonly shards = new Map<string, FakeShard>();
  readonly reads: { readonly shardId: string; readonly at: number }[] = [];
  readonly iterators: { readonly shardId: string; readonly position: ShardPosition }[] = [];
  readonly listings: number[] = [];
  readonly childrenAskedOf: string[] = [];
  /** Shards that listings lack. */
  readonly hidden = new Set<string>();
  status: StreamPage['status'] = 'ENABLED';
  latencyMs = 10;
  latencyOf: (shardId: string | undefined) => number = () => this.latencyMs;
  recordBytes = 100;
  /** Bytes of a record in an answer; by default as many as in memory. */
  answerBytes: number | undefined;
  readsUnderWay = 0;
  mostReadsUnderWay = 0;
  /** May throw before the call is answered. */
  inject: (operation: string, shardId: string | undefined) => void = () => undefined;
  readonly aws: AwsServices;
  private sorted: readonly string[] = [];
  private readonly iteratorLifeMs = 15 * 60_000;

  constructor(private readonly clock: VirtualClock) {
    const services: Partial<AwsServices> = {
      clock,
      describeStream: (streamArn, { exclusiveStartShardId, childrenOf }, signal) =>
        this.call('DescribeStream', childrenOf, signal, () =>
          this.describe(streamArn, exclusiveStartShardId, childrenOf),
        ),
      getShardIterator: (_streamArn, shardId, position, signal) =>
        this.call('GetShardIterator', shardId, signal, () => this.iterator(shardId, position)),
      getRecords: async (iterator, limit, signal, attempts) => {
        const [shardId = '', next, born] = iterator.split('|');
        const page = await this.call('GetRecords', shardId, signal, () =>
          this.records(shardId, Number(next), Number(born), limit),
        );
        await attempts?.received(page.records.length * (this.answerBytes ?? this.recordBytes));
        return page;
      },
    };
    this.aws = services as AwsServices;
  }

  open(id: string, parentId?: string): void {
    this.shards.set(id, { parentId, records: [], closed: false });
  }

  close(id: string): void {
    this.shard(id).closed = true;
  }

  write(id: string, count = 1): void {
    const { records } = this.shard(id);
    const second = Math.floor(this.clock.now() / 1000) * 1000;
    for (let left = count; left > 0; left--) records.push(record(records.length, second));
  }

  private async call<T>(
    operation: string,
    shardId: string | undefined,
    signal: AbortSignal | undefined,
    answer: () => T,
  ): Promise<T> {
    const isRead = operation !== 'DescribeStream';
    if (isRead) this.mostReadsUnderWay = Math.max(this.mostReadsUnderWay, ++this.readsUnderWay);
    try {
      await this.clock.sleep(this.latencyOf(shardId), signal);
      this.inject(operation, shardId);
      return answer();
    } finally {
      if (isRead) this.readsUnderWay -= 1;
    }
  }

  private describe(streamArn: string, after: string | undefined, parentId: string | undefined): StreamPage {
    if (parentId !== undefined) this.childrenAskedOf.push(parentId);
    else if (after === undefined) this.listings.push(this.clock.now());
    const ids = this.sortedIds().filter(
      (id) => parentId === undefined || this.shard(id).parentId === parentId,
    );
    const rest = ids.filter((id) => !this.hidden.has(id) && (after === undefined || id > after));
    const shards = rest.slice(0, PAGE_OF_SHARDS).map((id): ListedShard => {
      const { parentId, closed } = this.shard(id);
      return { id, parentId, closed };
    });
    // As in AWS, a full page names its last shard even if nothing follows.
    const lastEvaluatedShardId = shards.length === PAGE_OF_SHARDS ? shards.at(-1)?.id : undefined;
    return { streamArn, status: this.status, viewType: 'NEW_IMAGE', shards, lastEvaluatedShardId };
  }

  private sortedIds(): readonly string[] {
    if (this.sorted.length !== this.shards.size) this.sorted = [...this.shards.keys()].sort();
    return this.sorted;
  }

  private iterator(shardId: string, position: ShardPosition): string {
    this.iterators.push({ shardId, position });
    const { records } = this.shard(shardId);
    const next =
      position === 'TRIM_HORIZON' ? 0 : records.findIndex((r) => r.sequenceNumber === position.after) + 1;
    return `${shardId}|${next}|${this.clock.now()}`;
  }

  private records(shardId: string, from: number, born: number, limit: number): RecordPage {
    if (this.clock.now() - born > this.iteratorLifeMs) throw fault('ExpiredIteratorException');
    this.reads.push({ shardId, at: this.clock.now() });
    const { records, closed } = this.shard(shardId);
    const page = records.slice(from, from + limit);
    const next = from + page.length;
    const isEnd = closed && next === records.length;
    return {
      records: page,
      nextIterator: isEnd ? undefined : `${shardId}|${next}|${this.clock.now()}`,
      bytes: page.length * this.recordBytes,
    };
  }

  private shard(id: string): FakeShard {
    const shard = this.shards.get(id);
    if (!shard) throw fault('ResourceNotFoundException');
    return shard;
  }
}
