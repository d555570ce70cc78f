import type { Item, KeySchema } from '../item/attribute-value';
import type { CliFlags } from './cli-command';

/**
 * All calls that the replicator makes to AWS. `aws/sdk.ts` implements them with the AWS SDK, the tests also with a simulator in
 * the same process. Every method throws only `AwsFault` (aws/faults.ts), or the signal's reason after an abort.
 */
export interface AwsServices {
  /** AWS's time, from the `Date` of its responses. */
  readonly clock: ServiceClock;
  readonly region: string;
  /** Flags for the commands in messages. */
  readonly cli: CliFlags;

  callerIdentity(signal?: AbortSignal): Promise<CallerIdentity>;
  /** The identity that reads the tables: the source role, or else the caller. */
  sourceIdentity(signal?: AbortSignal): Promise<CallerIdentity>;

  describeTable(table: string, signal?: AbortSignal): Promise<SourceTable>;
  describePointInTimeRecovery(table: string, signal?: AbortSignal): Promise<PointInTimeRecovery>;
  requestExport(request: ExportRequest, signal?: AbortSignal): Promise<ExportDescription>;
  describeExport(exportArn: string, signal?: AbortSignal): Promise<ExportDescription>;
  listExports(tableArn: string, signal?: AbortSignal): Promise<readonly string[]>;

  /**
   * Finds out which of these keys exist, by a consistent read of only their key attributes. Keys that DynamoDB leaves unprocessed
   * are requested again; if it keeps leaving them, the call fails with a fault of pace `throttled`.
   * @param keys at most 100, each with exactly the table's key attributes
   * @throws RangeError for more
   */
  readKeys(table: string, keys: readonly Item[], signal?: AbortSignal): Promise<KeyReads>;

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

/** A caller's hold on a call that is retried until it succeeds: it shares requests and memory with other callers. */
export interface Attempts {
  /** Runs one attempt when it may; pauses between attempts are not inside. Rejects with the attempt's error. */
  run<Result>(attempt: () => Promise<Result>): Promise<Result>;
  /** Called with the size of an attempt's response; resolves when there is memory for its records. */
  received(bytes: number): Promise<void>;
}

export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

export interface ServiceClock {
  /** Epoch ms: the newest `Date` seen plus the local time since. Never goes back. @throws ServiceTimeUnknown before the first response */
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

/** A period whose changes an incremental export contains, in epoch ms, whole seconds. */
export interface ExportWindow {
  /** Inclusive. */
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

interface RequestedPlace {
  readonly tableArn: string;
  readonly clientToken: string;
  readonly bucket: string;
  readonly bucketOwner: string | undefined;
  readonly prefix: string | undefined;
  readonly kmsKeyId: string | undefined;
}

export type FullExportRequest = RequestedPlace & {
  /** Epoch ms, whole seconds. */
  readonly exportTime: number;
  readonly window?: undefined;
};

/** Its lines have the old image and the new one. */
export type IncrementalExportRequest = RequestedPlace & {
  readonly window: ExportWindow;
  readonly exportTime?: undefined;
};

export type ExportRequest = FullExportRequest | IncrementalExportRequest;

interface DescribedExport {
  readonly arn: string;
  readonly status: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  readonly tableId: string | undefined;
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

export type FullExport = DescribedExport & {
  /** Epoch ms. */
  readonly exportTime: number;
  readonly window: undefined;
};

export type IncrementalExport = DescribedExport & {
  readonly window: ExportWindow;
  readonly exportTime: undefined;
};

export type ExportDescription = FullExport | IncrementalExport;

/** The result of `readKeys`. */
export interface KeyReads {
  /** Those of the given keys that exist. */
  readonly present: readonly Item[];
  /** Read units as DynamoDB counted them; one for each key if it reports none. */
  readonly readUnits: number;
}

/** The requested shards of a stream: those after one of them in the list, or the children of one. */
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
  /** It has an ending sequence number: no more records will be written to it. */
  readonly closed: boolean;
}

/** Where to read a shard from: after an applied sequence number, or from its oldest record. */
export type ShardPosition = { readonly after: string } | 'TRIM_HORIZON';

export interface RecordPage {
  readonly records: readonly StreamRecord[];
  /** Absent when the shard is closed and read to its end. */
  readonly nextIterator: string | undefined;
  /** Memory of the records. */
  readonly bytes: number;
}

export interface StreamRecord {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly sequenceNumber: string;
  /** ApproximateCreationDateTime in epoch ms, which AWS rounds down to the second. */
  readonly createdAt: number;
  readonly keys: Item;
  /** The item after the change; absent for REMOVE. */
  readonly newImage: Item | undefined;
  readonly byTimeToLive: boolean;
}

/** Bytes from `offset` to the end. With `ifMatch` the call fails (412) if the object has another ETag. */
export interface ObjectRange {
  readonly offset: number;
  readonly ifMatch: string | undefined;
}

/** An object to write as DynamoDB writes exports. */
export interface NewObject {
  readonly body: Uint8Array;
  /** Encrypts the object; `undefined` uses the bucket's default encryption. */
  readonly kmsKeyId?: string | undefined;
}

/** S3's response to a written object. */
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
