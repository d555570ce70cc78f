import { classify } from '../../runtime/aws/classify';
import { keyReadAnswer, keyReadInput } from '../../runtime/aws/key-read';
import { readAllKeys } from '../../runtime/aws/key-reads';
import type { Operation } from '../../runtime/aws/operations';
import type {
  Attempts,
  AwsServices,
  ExportDescription,
  ExportRequest,
  KeyReads,
  ObjectBody,
  ObjectRange,
  PointInTimeRecovery,
  RecordPage,
  ShardPosition,
  SourceTable,
  StreamPage,
  StreamPageRequest,
  NewObject,
  WrittenObject,
  StreamRecord,
} from '../../runtime/aws/services';
import { pointInTimeRecovery, sourceTable } from '../../runtime/aws/source-table';
import { streamPage } from '../../runtime/aws/stream-page';
import { exportDescription } from '../../runtime/aws/table-export';
import type { Item } from '../../runtime/item/attribute-value';
import { readItem } from '../../runtime/item/item-reader';
import { ServiceError, type Simulator } from '../../simulator';
import { parseIterator } from '../../simulator/streams/iterator';

type Json = Record<string, unknown>;
/** Approximate memory of a record besides its values. */
const RECORD_BYTES = 256;
export type BeforeCall = (operation: Operation, subject: string | undefined) => void | Promise<void>;

interface WireRecord {
  eventName: StreamRecord['eventName'];
  userIdentity?: unknown;
  dynamodb: {
    ApproximateCreationDateTime: number;
    Keys: unknown;
    NewImage?: unknown;
    SequenceNumber: string;
    SizeBytes: number;
  };
}

/** Members that are epoch seconds on the wire and dates in the SDK. */
const TIMES = /(DateTime|Time)$/;

/**
 * The simulator with the runtime's own interface, without sockets: a week of a table passes in seconds. Answers go through
 * the runtime's converters, errors through its fault table.
 */
export class InProcessServices implements AwsServices {
  readonly clock = { now: () => this.simulator.clock.now() };

  constructor(
    readonly simulator: Simulator,
    /** Called before every call. May take time, or throw what a socket would. `subject`: the shard or object, if any. */
    private readonly before: BeforeCall = () => undefined,
  ) {}

  get region(): string {
    return this.simulator.region;
  }

  get cli(): AwsServices['cli'] {
    return { region: this.region };
  }

  callerIdentity(): Promise<{ account: string; arn: string }> {
    return Promise.resolve({
      account: this.simulator.accountId,
      arn: `arn:aws:iam::${this.simulator.accountId}:root`,
    });
  }

  sourceIdentity(): Promise<{ account: string; arn: string }> {
    return this.callerIdentity();
  }

  async describeTable(table: string, signal?: AbortSignal): Promise<SourceTable> {
    const answer = await this.call('dynamodb', 'DescribeTable', { TableName: table }, signal);
    return sourceTable(dated(answer.Table) as Parameters<typeof sourceTable>[0]);
  }

  async describePointInTimeRecovery(table: string, signal?: AbortSignal): Promise<PointInTimeRecovery> {
    const answer = await this.call('dynamodb', 'DescribeContinuousBackups', { TableName: table }, signal);
    return pointInTimeRecovery(
      dated(answer.ContinuousBackupsDescription) as Parameters<typeof pointInTimeRecovery>[0],
    );
  }

  async requestExport(request: ExportRequest, signal?: AbortSignal): Promise<ExportDescription> {
    const answer = await this.call(
      'dynamodb',
      'ExportTableToPointInTime',
      {
        TableArn: request.tableArn,
        ClientToken: request.clientToken,
        ...(request.window === undefined
          ? { ExportTime: request.exportTime / 1000 }
          : {
              ExportType: 'INCREMENTAL_EXPORT',
              IncrementalExportSpecification: {
                ExportFromTime: request.window.from / 1000,
                ExportToTime: request.window.to / 1000,
                ExportViewType: 'NEW_AND_OLD_IMAGES',
              },
            }),
        S3Bucket: request.bucket,
        ...(request.prefix === undefined ? {} : { S3Prefix: request.prefix }),
      },
      signal,
    );
    return exportDescription(dated(answer.ExportDescription) as Parameters<typeof exportDescription>[0]);
  }

  async describeExport(exportArn: string, signal?: AbortSignal): Promise<ExportDescription> {
    const answer = await this.call('dynamodb', 'DescribeExport', { ExportArn: exportArn }, signal);
    return exportDescription(dated(answer.ExportDescription) as Parameters<typeof exportDescription>[0]);
  }

  async listExports(tableArn: string, signal?: AbortSignal): Promise<readonly string[]> {
    const answer = await this.call('dynamodb', 'ListExports', { TableArn: tableArn }, signal);
    return (answer.ExportSummaries as { ExportArn: string }[]).map(({ ExportArn }) => ExportArn);
  }

  async readKeys(table: string, keys: readonly Item[], signal?: AbortSignal): Promise<KeyReads> {
    const read = async (wanted: readonly Item[]) => {
      const input = wire(keyReadInput(table, wanted)) as Json;
      const answer = await this.call('dynamodb', 'BatchGetItem', input, signal);
      return keyReadAnswer(table, wanted, answer);
    };
    const clock = { sleep: async () => undefined };
    return readAllKeys(keys, read, { clock, signal, random: () => 0 });
  }

  async describeStream(
    streamArn: string,
    page: StreamPageRequest,
    signal?: AbortSignal,
  ): Promise<StreamPage> {
    const answer = await this.call(
      'streams',
      'DescribeStream',
      {
        StreamArn: streamArn,
        ...(page.exclusiveStartShardId === undefined
          ? {}
          : { ExclusiveStartShardId: page.exclusiveStartShardId }),
        ...(page.childrenOf === undefined
          ? {}
          : { ShardFilter: { Type: 'CHILD_SHARDS', ShardId: page.childrenOf } }),
      },
      signal,
    );
    return streamPage(answer.StreamDescription as Parameters<typeof streamPage>[0]);
  }

  async getShardIterator(
    streamArn: string,
    shardId: string,
    position: ShardPosition,
    signal?: AbortSignal,
  ): Promise<string> {
    const where =
      position === 'TRIM_HORIZON'
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position.after };
    const answer = await this.call(
      'streams',
      'GetShardIterator',
      { StreamArn: streamArn, ShardId: shardId, ...where },
      signal,
      shardId,
    );
    return answer.ShardIterator as string;
  }

  async getRecords(
    iterator: string,
    limit: number,
    signal?: AbortSignal,
    attempts?: Attempts,
  ): Promise<RecordPage> {
    const input = { ShardIterator: iterator, Limit: limit };
    const answer = await this.call('streams', 'GetRecords', input, signal, parseIterator(iterator)?.shardId);
    const wired = answer.Records as WireRecord[];
    const bytes = wired.reduce((sum, { dynamodb }) => sum + dynamodb.SizeBytes, 0);
    await attempts?.received(bytes);
    const records = wired.map(({ eventName, userIdentity, dynamodb }): StreamRecord => {
      return {
        eventName,
        sequenceNumber: dynamodb.SequenceNumber,
        createdAt: dynamodb.ApproximateCreationDateTime * 1000,
        keys: readItem(dynamodb.Keys),
        newImage: dynamodb.NewImage === undefined ? undefined : readItem(dynamodb.NewImage),
        byTimeToLive: userIdentity !== undefined,
      };
    });
    const inMemory = bytes + records.length * RECORD_BYTES;
    return { records, nextIterator: answer.NextShardIterator as string | undefined, bytes: inMemory };
  }

  async headBucket(bucket: string): Promise<{ region: string | undefined }> {
    await this.object('HeadBucket', bucket, () => this.simulator.s3.headBucket(bucket));
    return { region: this.region };
  }

  async getObject(bucket: string, key: string, range: ObjectRange): Promise<ObjectBody> {
    return this.object('GetObject', key, () => {
      const { body, etag } = this.simulator.s3.getObject(
        bucket,
        key,
        range.ifMatch === undefined ? {} : { ifMatch: range.ifMatch },
      );
      return { bytes: pieces(body.subarray(range.offset)), etag, totalBytes: body.length };
    });
  }

  async putObject(bucket: string, key: string, { body }: NewObject): Promise<WrittenObject> {
    await this.object('PutObject', key, () => this.simulator.s3.putObject(bucket, key, Buffer.from(body)));
    return { encryption: undefined, versionId: undefined };
  }

  close(): void {
    // Nothing is open.
  }

  private async call(
    service: 'dynamodb' | 'streams',
    operation: Operation,
    input: Json,
    signal?: AbortSignal,
    subject?: string,
  ): Promise<Json> {
    signal?.throwIfAborted();
    try {
      const before = this.before(operation, subject);
      if (before) await before;
      signal?.throwIfAborted();
      return this.simulator.call(service, operation, input) as Json;
    } catch (error) {
      throw this.fault(operation, error);
    }
  }

  private async object<T>(operation: Operation, key: string, work: () => T): Promise<T> {
    try {
      const before = this.before(operation, key);
      if (before) await before;
      return work();
    } catch (error) {
      throw this.fault(operation, error);
    }
  }

  private fault(operation: Operation, error: unknown): unknown {
    if (!(error instanceof ServiceError)) return error;
    const observed = Object.assign(new Error(error.message), {
      name: error.type,
      $metadata: { httpStatusCode: error.status },
    });
    return classify(operation, observed, { region: this.region });
  }
}

/** The input as it is on the wire: bytes as base64. */
function wire(input: unknown): unknown {
  if (input instanceof Uint8Array) return Buffer.from(input).toString('base64');
  if (Array.isArray(input)) return input.map(wire);
  if (typeof input !== 'object' || input === null) return input;
  return Object.fromEntries(Object.entries(input).map(([name, member]) => [name, wire(member)]));
}

function dated(value: unknown): unknown {
  return Object.fromEntries(
    Object.entries(value as Json).map(([name, member]) => [
      name,
      typeof member === 'number' && TIMES.test(name)
        ? new Date(member * 1000)
        : typeof member === 'object' && member !== null && !Array.isArray(member)
          ? dated(member)
          : member,
    ]),
  );
}

async function* pieces(body: Uint8Array): AsyncIterable<Uint8Array> {
  const PIECE_BYTES = 64 * 1024;
  for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES);
}
