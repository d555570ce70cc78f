import type { DynamoDBClient, StreamViewType } from '@aws-sdk/client-dynamodb';
import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import type { S3Client } from '@aws-sdk/client-s3';
import type { AwsServices } from '../runtime/aws/services';
import type { Clock } from '../runtime/clock';
import type { OperableDestination } from '../runtime/destinations/destination';
import type { PipelineParts } from '../runtime/pipeline/context';

/** Which run asks; `MODES` has how long each takes. */
export type Mode = 'quick' | 'long' | 'ttl';

export type Verdict = 'holds' | 'differs' | 'not asked';

/** What a check found. */
export interface Answer {
  readonly verdict: Verdict;
  /** Figures and facts in a fixed order, without ids of the account and without names that contain the suffix. Durations end in `Ms`. */
  readonly observed: Readonly<Record<string, string | number | boolean>>;
  /** Why it differs, or why it could not be asked; one sentence. */
  readonly because?: string;
  /** The run sets it if the check threw something unforeseen. */
  readonly hasFailed?: true;
}

/** What AWS bills for a check, beyond what comes to cents. */
export interface Spending {
  /** Full exports. */
  readonly exports?: number;
  readonly incrementalExports?: number;
  /** Calls of GetRecords. */
  readonly streamReads?: number;
}

/** Asks AWS about one assumption. Several checks may share an assumption; the report then shows each. */
export interface Check {
  /** Its assumption in docs/SPEC.md (`E7`), or a name of its own (`life`). */
  readonly id: string;
  readonly mode: Mode;
  /** What is done to ask; one sentence for the report. */
  readonly asks: string;
  /** For the estimate; by default what a check of its mode spends at most. */
  readonly spends?: Spending | undefined;
  /** Why no run asks, for a check that makes no calls. */
  readonly neverAsked?: string | undefined;
  /** Must end soon after the lab's signal aborts. @throws whatever AWS throws: the run then reports `not asked`, and goes on */
  run(lab: Lab): Promise<Answer>;
}

/** How a table is made. */
export interface TableOptions {
  /** Default: no stream. */
  readonly stream?: StreamViewType | undefined;
  /** Turns on point-in-time recovery and waits until it is on. Default: false. */
  readonly recovery?: boolean | undefined;
  /** Attribute with the time to live. Default: none. */
  readonly timeToLive?: string | undefined;
  /** Returns as soon as CreateTable has answered, to see what follows. Default: waits until the table is ACTIVE. */
  readonly isAwaited?: boolean | undefined;
}

/** A table of the run, with the key `pk` (S). Deleted at the end. */
export interface LabTable {
  readonly name: string;
  readonly arn: string;
  /** The present stream; undefined without one. */
  readonly streamArn: string | undefined;
}

/** A bucket of the run. Deleted at the end. */
export interface LabBucket {
  readonly name: string;
  readonly region: string;
}

/** This machine's time. It was compared with AWS's when the run began. */
export interface LabClock {
  /** Epoch ms. */
  now(): number;
  /** Rejects with the lab's reason as soon as its signal aborts. */
  sleep(ms: number): Promise<void>;
}

/** Clients with the same credentials. They retry transient errors, and end a call when the lab's signal aborts. */
export interface LabClients {
  readonly dynamodb: DynamoDBClient;
  readonly streams: DynamoDBStreamsClient;
  readonly s3: S3Client;
}

/** What a check remembers from one process to the next: small JSON. */
export type Remembered = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;

/** What a check needs to run the replicator itself. */
export interface LabReplicator {
  readonly clock: Clock;
  /** AWS for a replicator that has the run's role for its tables. Close it. */
  openServices(): AwsServices;
  /** A DuckDB file. Close it. */
  openDestination(path: string): OperableDestination;
  readonly parts?: Partial<PipelineParts> | undefined;
}

/** What a check may use. */
export interface Lab extends LabClients {
  readonly region: string;
  /** The run's bucket. A check puts its objects and exports below a prefix of its own. */
  readonly bucket: string;
  readonly clock: LabClock;
  /** Aborts when the run is stopped, or takes too long. */
  readonly signal: AbortSignal;
  /** Clients of the replicator's role: it may read streams, export, and read keys (only `pk`, only by BatchGetItem). */
  readonly asReplicator: LabClients;
  /**
   * Creates a table, or finds it if an earlier process of the same run created it.
   * @param part distinguishes the run's tables: lower case and digits
   */
  table(part: string, options?: TableOptions): Promise<LabTable>;
  /** Creates the run's bucket in another region, or finds it. */
  bucketAway(): Promise<LabBucket>;
  /** `Date` of the response that had this output, or this error, in epoch ms: AWS's time, rounded down to the second. */
  dateOf(received: object): number | undefined;
  /** At least 0, below 1; determined by the run's seed and the check's id. */
  random(): number;
  /** What was last remembered under this name, by this process or an earlier one of the same run. */
  recall(name: string): Promise<Remembered | undefined>;
  /** Stores it in the bucket. */
  remember(name: string, what: Remembered): Promise<void>;
  /** The replicator itself, in its role. */
  readonly replicator: LabReplicator;
  /** A line of progress. */
  log(line: string): void;
}
