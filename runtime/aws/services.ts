import type { Item, KeySchema } from '../item/attribute-value';
import type { CliFlags } from './cli-command';

/**
 * Everything the replicator asks of AWS, in its own words: `aws/sdk.ts` answers with the AWS SDK, the tests also with the
 * simulator in the same process. Every method throws `AwsFault` (aws/faults.ts) and nothing else, except an abort's reason.
 */
export interface AwsServices {
  /** The service's time, from the `Date` of its answers. */
  readonly clock: ServiceClock;
  readonly region: string;
  /** For the commands that messages name. */
  readonly cli: CliFlags;

  callerIdentity(signal?: AbortSignal): Promise<CallerIdentity>;
  /** Who reads the tables: the role that is assumed for them, or else the caller. */
  sourceIdentity(signal?: AbortSignal): Promise<CallerIdentity>;

  describeTable(table: string, signal?: AbortSignal): Promise<SourceTable>;
  describePointInTimeRecovery(table: string, signal?: AbortSignal): Promise<PointInTimeRecovery>;
  requestExport(request: ExportRequest, signal?: AbortSignal): Promise<ExportDescription>;
  describeExport(exportArn: string, signal?: AbortSignal): Promise<ExportDescription>;
  listExports(tableArn: string, signal?: AbortSignal): Promise<readonly string[]>;

  describeStream(streamArn: string, page: StreamPageRequest, signal?: AbortSignal): Promise<StreamPage>;
  getShardIterator(
    streamArn: string,
    shardId: string,
    position: ShardPosition,
    signal?: AbortSignal,
    attempts?: Attempts,
  ): Promise<string>;
  getRecords(iterator: string, limit: number, signal?: AbortSignal, attempts?: Attempts): Promise<RecordPage>;

  headBucket(
    bucket: string,
    owner: string | undefined,
    signal?: AbortSignal,
  ): Promise<{ region: string | undefined }>;
  getObject(bucket: string, key: string, range: ObjectRange, signal?: AbortSignal): Promise<ObjectBody>;
  putObject(bucket: string, key: string, object: NewObject, signal?: AbortSignal): Promise<WrittenObject>;

  close(): void;
}

/** Asked by a call that is repeated until it succeeds, so that its caller can share requests and memory with others. */
export interface Attempts {
  /** Runs one attempt when it may; the pauses between attempts are outside. Rejects with what the attempt rejects with. */
  run<Result>(attempt: () => Promise<Result>): Promise<Result>;
  /** The answer to an attempt has come, so many bytes: resolves when there is memory for what it becomes. */
  received(bytes: number): Promise<void>;
}

export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

export interface ServiceClock {
  /** Epoch ms: the newest `Date` seen plus the local time since. Never goes back. @throws before the first answer */
  now(): number;
}

export interface SourceTable {
  readonly name: string;
  readonly arn: string;
  /** Undefined on emulators that do not have it. */
  readonly id: string | undefined;
  readonly status: string;
  readonly keySchema: KeySchema;
  readonly itemCount: number;
  readonly sizeBytes: number;
  readonly billingMode: 'PAY_PER_REQUEST' | 'PROVISIONED' | undefined;
  /** Undefined when the table has never had a stream. */
  readonly stream:
    | {
        readonly arn: string;
        /** Epoch ms of the stream's creation, from its label. */
        readonly createdAt: number;
        readonly enabled: boolean;
        readonly viewType: string | undefined;
      }
    | undefined;
}

export interface PointInTimeRecovery {
  readonly enabled: boolean;
  /** Epoch ms. */
  readonly earliestRestorable: number | undefined;
  readonly latestRestorable: number | undefined;
}

export interface ExportRequest {
  readonly tableArn: string;
  readonly clientToken: string;
  /** Epoch ms, whole seconds. */
  readonly exportTime: number;
  readonly bucket: string;
  readonly bucketOwner: string | undefined;
  readonly prefix: string | undefined;
  readonly kmsKeyId: string | undefined;
}

export interface ExportDescription {
  readonly arn: string;
  readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  readonly tableId: string | undefined;
  /** Epoch ms. */
  readonly exportTime: number;
  readonly startTime: number | undefined;
  readonly bucket: string;
  readonly prefix: string | undefined;
  /** Key of manifest-summary.json, once completed. */
  readonly manifestKey: string | undefined;
  readonly itemCount: number | undefined;
  readonly billedBytes: number | undefined;
  readonly failureCode: string | undefined;
  readonly failureMessage: string | undefined;
  /** The token of the request that started it. */
  readonly clientToken?: string | undefined;
}

/** Which shards of a stream are asked for: those behind one of them in the list, or the children of one. */
export interface StreamPageRequest {
  readonly exclusiveStartShardId?: string;
  readonly childrenOf?: string;
}

export interface StreamPage {
  readonly streamArn: string;
  readonly status: 'ENABLING' | 'ENABLED' | 'DISABLING' | 'DISABLED';
  readonly viewType: string;
  readonly shards: readonly ListedShard[];
  readonly lastEvaluatedShardId: string | undefined;
}

export interface ListedShard {
  readonly id: string;
  readonly parentId: string | undefined;
  /** Has an ending sequence number: no more records will be written to it. */
  readonly closed: boolean;
}

/** Where to read a shard from: after a sequence number that has been applied, or its oldest record. */
export type ShardPosition = { readonly after: string } | 'TRIM_HORIZON';

export interface RecordPage {
  readonly records: readonly StreamRecord[];
  /** Absent: the shard is closed and read to its end. */
  readonly nextIterator: string | undefined;
  /** What the records take in memory. */
  readonly bytes: number;
}

export interface StreamRecord {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly sequenceNumber: string;
  /** ApproximateCreationDateTime: epoch ms, floored to the second by the service. */
  readonly createdAt: number;
  readonly keys: Item;
  /** The item after the change; absent for REMOVE. */
  readonly newImage: Item | undefined;
  readonly byTimeToLive: boolean;
}

/** Bytes from `offset` to the end; `ifMatch`: fail (412) when the object's ETag is another. */
export interface ObjectRange {
  readonly offset: number;
  readonly ifMatch: string | undefined;
}

/** An object to write as DynamoDB writes exports. */
export interface NewObject {
  readonly body: Uint8Array;
  /** That it is encrypted with; `undefined`: as the bucket does by default. */
  readonly kmsKeyId?: string | undefined;
}

/** What S3 answers to an object that was written. */
export interface WrittenObject {
  /** `AES256`, `aws:kms` or `aws:kms:dsse`. */
  readonly encryption: string | undefined;
  /** In a bucket with versioning. */
  readonly versionId: string | undefined;
}

export interface ObjectBody {
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly etag: string | undefined;
  /** Size of the whole object. */
  readonly totalBytes: number | undefined;
}
