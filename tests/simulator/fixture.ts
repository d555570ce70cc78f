import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { ManualClock, Simulator } from '../../simulator';
import type { Item, Knobs } from '../../simulator';
import { progress } from '../tiers/progress';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

export interface Shard {
  ShardId: string;
  ParentShardId?: string;
  SequenceNumberRange: { StartingSequenceNumber: string; EndingSequenceNumber?: string };
}

export interface StreamRecord {
  eventID: string;
  eventName: string;
  dynamodb: {
    ApproximateCreationDateTime: number;
    Keys: Item;
    NewImage?: Item;
    OldImage?: Item;
    SequenceNumber: string;
    SizeBytes: number;
    StreamViewType: string;
  };
  userIdentity?: unknown;
}

export interface Page {
  Records: StreamRecord[];
  NextShardIterator?: string;
}

/** An in-process simulator with one table `orders` (partition key `id`). */
export class Local {
  readonly clock = new ManualClock();
  readonly simulator: Simulator;

  constructor(knobs: Partial<Knobs> = {}, view: string | undefined = 'NEW_AND_OLD_IMAGES', seed = 1) {
    this.simulator = new Simulator({ clock: this.clock, seed, knobs });
    this.createTable(view);
  }

  createTable(view: string | undefined = 'NEW_AND_OLD_IMAGES'): void {
    this.dynamodb('CreateTable', {
      TableName: 'orders',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...(view === undefined ? {} : { StreamSpecification: { StreamEnabled: true, StreamViewType: view } }),
    });
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- wire JSON of any operation
  dynamodb(operation: string, input: Record<string, unknown> = {}): any {
    progress();
    return this.simulator.call('dynamodb', operation, input);
  }

  // oxlint-disable-next-line typescript/no-explicit-any -- wire JSON of any operation
  streams(operation: string, input: Record<string, unknown> = {}): any {
    progress();
    return this.simulator.call('streams', operation, input);
  }

  put(id: string, attributes: Item = {}): void {
    this.dynamodb('PutItem', { TableName: 'orders', Item: { id: { S: id }, ...attributes } });
  }

  remove(id: string): void {
    this.dynamodb('DeleteItem', { TableName: 'orders', Key: { id: { S: id } } });
  }

  get arn(): string {
    return this.dynamodb('DescribeTable', { TableName: 'orders' }).Table.LatestStreamArn;
  }

  shards(arn = this.arn): Shard[] {
    const found: Shard[] = [];
    let after: string | undefined;
    do {
      const { StreamDescription } = this.streams('DescribeStream', {
        StreamArn: arn,
        ...(after ? { ExclusiveStartShardId: after } : {}),
      });
      found.push(...StreamDescription.Shards);
      after = StreamDescription.LastEvaluatedShardId;
    } while (after);
    return found;
  }

  iterator(shardId: string, type = 'TRIM_HORIZON', sequenceNumber?: string, arn = this.arn): string {
    return this.streams('GetShardIterator', {
      StreamArn: arn,
      ShardId: shardId,
      ShardIteratorType: type,
      ...(sequenceNumber ? { SequenceNumber: sequenceNumber } : {}),
    }).ShardIterator;
  }

  page(iterator: string, limit?: number): Page {
    return this.streams('GetRecords', { ShardIterator: iterator, ...(limit ? { Limit: limit } : {}) });
  }

  /** Reads a shard until its end, or until several empty pages in a row. */
  drain(shardId: string, arn = this.arn): { records: StreamRecord[]; ended: boolean } {
    const records: StreamRecord[] = [];
    let next: string | undefined = this.iterator(shardId, 'TRIM_HORIZON', undefined, arn);
    for (let empty = 0; next && empty < 5; ) {
      const page: Page = this.page(next);
      records.push(...page.Records);
      empty = page.Records.length > 0 ? 0 : empty + 1;
      next = page.NextShardIterator;
    }
    return { records, ended: next === undefined };
  }

  /** Every record of the stream, parents before their children. */
  all(arn = this.arn): StreamRecord[] {
    return this.shards(arn).flatMap(({ ShardId }) => this.drain(ShardId, arn).records);
  }

  /** Enables point-in-time recovery and waits until it takes effect. */
  recoverable(): void {
    this.dynamodb('UpdateContinuousBackups', {
      TableName: 'orders',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    this.clock.advance(MINUTE);
  }
}

/** The type of error that a call throws. */
export function failure(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as Error).name;
  }
  return 'none';
}

export interface Clients {
  simulator: Simulator;
  clock: ManualClock;
  url: string;
  dynamodb: DynamoDBClient;
  streams: DynamoDBStreamsClient;
  s3: S3Client;
  sts: STSClient;
  secrets: SecretsManagerClient;
  close(): Promise<void>;
}

/**
 * A listening simulator and the SDK's clients, with one attempt per call, so that a test sees every response. `patienceMs`:
 * timeout for a server that does not answer.
 */
export async function listening(
  knobs: Partial<Knobs> = {},
  maxAttempts = 1,
  patienceMs = 60_000,
): Promise<Clients> {
  const clock = new ManualClock();
  const simulator = new Simulator({ clock, knobs });
  const { url, close } = await simulator.listen();
  const options = {
    endpoint: url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts,
    requestHandler: new NodeHttpHandler({
      connectionTimeout: 60_000,
      requestTimeout: patienceMs,
      throwOnRequestTimeout: true,
      socketTimeout: patienceMs,
    }),
  };
  const clients = {
    dynamodb: new DynamoDBClient(options),
    streams: new DynamoDBStreamsClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
    sts: new STSClient(options),
    secrets: new SecretsManagerClient(options),
  };
  return {
    simulator,
    clock,
    url,
    ...clients,
    close: async () => {
      for (const client of Object.values(clients)) client.destroy();
      await close();
    },
  };
}
