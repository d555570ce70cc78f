export const STREAM_ARN =
  'arn:aws:dynamodb:eu-west-1:111122223333:table/bench/stream/2026-01-05T12:00:00.000';
/** Attribute with the time of the write: epoch ms with a fraction. */
export const WRITTEN_AT = 'written_at';

export interface StreamPlan {
  /** Open shards; `ancestors` is the number of closed shards before each. */
  readonly open: number;
  readonly ancestors: number;
  /** Number of shards that are written to, and how often. */
  readonly busy: number;
  readonly recordsPerSecond: number;
}

const HOUR = 3_600_000;
const PAGE_OF_SHARDS = 100;
const RECORDS_A_READ = 1_000;
const FIRST = '1'.padEnd(21, '0');
const LAST = '2'.padEnd(21, '0');

interface Shard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly SequenceNumberRange: { StartingSequenceNumber: string; EndingSequenceNumber?: string };
}

/** Shards that roll over every four hours, with evenly spaced records in the busy ones from `startedAt` on. */
export class ShardsOfStream {
  private readonly shards: readonly Shard[];
  private readonly index: ReadonlyMap<string, number>;
  /** Position of each open shard; the busy ones come first. */
  private readonly turn = new Map<string, number>();

  constructor(
    private readonly plan: StreamPlan,
    private readonly startedAt: number,
  ) {
    const shards: Shard[] = [];
    for (let partition = 0; partition < plan.open; partition++) {
      let parent: string | undefined;
      for (let age = plan.ancestors; age >= 0; age--) {
        const bornAt = startedAt - age * 4 * HOUR - 60_000;
        const ShardId = `shardId-${String(bornAt).padStart(20, '0')}-${partition.toString(16).padStart(8, '0')}`;
        const range = { StartingSequenceNumber: FIRST, ...(age > 0 ? { EndingSequenceNumber: LAST } : {}) };
        shards.push({
          ShardId,
          ...(parent === undefined ? {} : { ParentShardId: parent }),
          SequenceNumberRange: range,
        });
        if (age === 0) this.turn.set(ShardId, partition);
        parent = ShardId;
      }
    }
    this.shards = shards.sort((a, b) => (a.ShardId < b.ShardId ? -1 : 1));
    this.index = new Map(this.shards.map(({ ShardId }, at) => [ShardId, at]));
  }

  answer(operation: string, input: Readonly<Record<string, string>>, now: number): object {
    switch (operation) {
      case 'DescribeStream':
        return { StreamDescription: this.page(input['ExclusiveStartShardId']) };
      case 'GetShardIterator': {
        const { ShardId = '', SequenceNumber } = input;
        const next = SequenceNumber === undefined ? 0 : Number(SequenceNumber.slice(1)) + 1;
        return { ShardIterator: `${ShardId}|${next}` };
      }
      case 'GetRecords':
        return this.records(String(input['ShardIterator']), now);
      default:
        throw new Error(`This stream has no operation ${operation}.`);
    }
  }

  private page(after: string | undefined): object {
    const from = after === undefined ? 0 : (this.index.get(after) ?? 0) + 1;
    const page = this.shards.slice(from, from + PAGE_OF_SHARDS);
    const isLast = from + PAGE_OF_SHARDS >= this.shards.length;
    return {
      StreamArn: STREAM_ARN,
      StreamStatus: 'ENABLED',
      StreamViewType: 'NEW_IMAGE',
      Shards: page,
      ...(isLast ? {} : { LastEvaluatedShardId: page.at(-1)?.ShardId }),
    };
  }

  private records(iterator: string, now: number): object {
    const { busy, recordsPerSecond } = this.plan;
    const [shardId = '', position] = iterator.split('|');
    const turn = this.turn.get(shardId);
    if (turn === undefined) return { Records: [] };
    const from = Number(position);
    // So that not all shards write at the same instant.
    const startedAt = this.startedAt + ((turn * 997) % 1_000);
    const written = turn < busy ? Math.max(0, Math.floor(((now - startedAt) / 1_000) * recordsPerSecond)) : 0;
    const to = Math.min(written, from + RECORDS_A_READ);
    const Records: object[] = [];
    for (let count = from; count < to; count++) {
      Records.push(record(`${turn}-${count % 500}`, count, startedAt + (count * 1_000) / recordsPerSecond));
    }
    return { Records, NextShardIterator: `${shardId}|${Math.max(from, to)}` };
  }
}

function record(id: string, count: number, at: number): object {
  const Keys = { id: { S: id } };
  return {
    eventName: 'MODIFY',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at / 1_000),
      Keys,
      NewImage: {
        ...Keys,
        [WRITTEN_AT]: { N: at.toFixed(3) },
        note: { S: 'amber basalt cedar delta ember fjord' },
      },
      SequenceNumber: `1${String(count).padStart(20, '0')}`,
      SizeBytes: 60,
    },
  };
}
