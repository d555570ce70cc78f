import type { Wire } from '../operation';
import { call } from './wire';

/** The compared parts of a stream record: all except sequence number, size and times. */
export interface SeenRecord {
  readonly eventName: string;
  readonly Keys: Wire;
  readonly OldImage?: Wire;
  readonly NewImage?: Wire;
}

const MOST_PAGES = 1000;

/** The stream of a table with one shard. */
export class TableStream {
  /** Sequence number of the last record read. */
  private position: string | undefined;

  private constructor(
    private readonly url: string,
    private readonly arn: string,
    private readonly shardId: string,
  ) {}

  static async open(url: string, table: string): Promise<TableStream> {
    const described = await done(url, 'dynamodb', 'DescribeTable', { TableName: table });
    const arn = String((described['Table'] as Wire)['LatestStreamArn']);
    const stream = await done(url, 'streams', 'DescribeStream', { StreamArn: arn });
    const [shard, ...more] = (stream['StreamDescription'] as Wire)['Shards'] as Wire[];
    if (!shard || more.length > 0) throw new Error(`${table} must have one shard, not ${more.length + 1}.`);
    return new TableStream(url, arn, String(shard['ShardId']));
  }

  /** The records since the last call, by position: moto's iterators include what a canceled transaction undid. */
  async read(): Promise<SeenRecord[]> {
    const page = await this.page(await this.iterator(this.position));
    this.position = page.position ?? this.position;
    return page.records;
  }

  /** Every record of the stream, read again from its start. */
  async readFromStart(): Promise<SeenRecord[]> {
    const seen: SeenRecord[] = [];
    let iterator: string | undefined = await this.iterator(undefined);
    for (let pages = 0; iterator !== undefined && pages < MOST_PAGES; pages++) {
      const page: Page = await this.page(iterator);
      if (page.records.length === 0) break;
      seen.push(...page.records);
      iterator = page.next;
    }
    return seen;
  }

  private async iterator(after: string | undefined): Promise<string> {
    const { ShardIterator } = await done(this.url, 'streams', 'GetShardIterator', {
      StreamArn: this.arn,
      ShardId: this.shardId,
      ...(after === undefined
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: after }),
    });
    return String(ShardIterator);
  }

  private async page(iterator: string): Promise<Page> {
    const page = await done(this.url, 'streams', 'GetRecords', { ShardIterator: iterator });
    const records = page['Records'] as {
      eventName: string;
      dynamodb: SeenRecord & { SequenceNumber: string };
    }[];
    return {
      records: records.map(({ eventName, dynamodb: { Keys, OldImage, NewImage } }) => ({
        eventName,
        Keys,
        ...(OldImage ? { OldImage } : {}),
        ...(NewImage ? { NewImage } : {}),
      })),
      position: records.at(-1)?.dynamodb.SequenceNumber,
      next: page['NextShardIterator'] as string | undefined,
    };
  }
}

interface Page {
  readonly records: SeenRecord[];
  /** The last record's sequence number. */
  readonly position: string | undefined;
  readonly next: string | undefined;
}

async function done(...request: Parameters<typeof call>): Promise<Wire> {
  const answer = await call(...request);
  if (answer.kind === 'done') return answer.body;
  throw new Error(`${request[2]}: ${answer.error} ${JSON.stringify(answer.body)}`);
}
