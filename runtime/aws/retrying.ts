import type { Clock } from '../clock';
import type { Events } from '../observe/events';
import { pauseAfter } from './backoff';
import type { CallRate } from './call-rate';
import { AwsFault } from './faults';
import type { Operation } from './operations';
import type { Attempts, AwsServices } from './services';
import { StrangeAnswers } from './strange-answers';

export interface RetryOptions {
  readonly clock: Clock;
  readonly events: Events;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /**
   * Maximum number of attempts, and only one if a person has to fix something. For commands that must not wait forever.
   * Without it there is no limit.
   */
  readonly limit?: number | undefined;
  /** Limits the calls of DescribeStream, including failed ones. Without it there is no limit. */
  readonly describing?: CallRate;
}

/**
 * A denied object may be missing: S3 also denies a missing object to callers without s3:ListBucket. So it is not waited for without end;
 * long enough for a person to allow it again.
 */
const LONGEST_DENIED_OBJECT_MS = 6 * 60 * 60_000;

/** Failures that are not reported: the first ones are ordinary network noise. */
const QUIET_FAILURES = 2;

/**
 * Retries calls that fail with a fault of kind `retry`, with growing pauses, for as long as it takes: the checkpoint keeps its
 * place, and the stream its records for 24 hours. For what a person has to fix (access, credentials) it waits only if the
 * operation has succeeded before; a permission that was never there is reported at once, and one to read an object after six hours. It
 * throws faults of other kinds at once, and an expired iterator, which the caller replaces. After five identical responses that AWS would not send, it gives up.
 * It does not resume the body of an object; the reader does. A shard reader is asked before each attempt (`Attempts`) and holds
 * nothing during pauses.
 * @throws AwsFault, and the signal's reason
 */
export function retrying(services: AwsServices, options: RetryOptions): AwsServices {
  const succeeded = new Set<Operation>();
  const again = <Result>(
    operation: Operation,
    signal: AbortSignal | undefined,
    call: () => Promise<Result>,
    attempts?: Attempts,
  ): Promise<Result> => {
    const attempt = attempts ? () => attempts.run(call) : call;
    const strange = new StrangeAnswers(services);
    return repeat(operation, attempt, { ...options, succeeded, strange }, signal);
  };
  return {
    clock: services.clock,
    region: services.region,
    cli: services.cli,
    callerIdentity: (signal) => again('GetCallerIdentity', signal, () => services.callerIdentity(signal)),
    sourceIdentity: (signal) => again('GetCallerIdentity', signal, () => services.sourceIdentity(signal)),
    describeTable: (table, signal) =>
      again('DescribeTable', signal, () => services.describeTable(table, signal)),
    describePointInTimeRecovery: (table, signal) =>
      again('DescribeContinuousBackups', signal, () => services.describePointInTimeRecovery(table, signal)),
    requestExport: (request, signal) =>
      again('ExportTableToPointInTime', signal, () => services.requestExport(request, signal)),
    describeExport: (arn, signal) =>
      again('DescribeExport', signal, () => services.describeExport(arn, signal)),
    listExports: (tableArn, signal) =>
      again('ListExports', signal, () => services.listExports(tableArn, signal)),
    readKeys: (table, keys, signal) =>
      again('BatchGetItem', signal, () => services.readKeys(table, keys, signal)),
    describeStream: (arn, page, signal) =>
      again('DescribeStream', signal, async () => {
        await options.describing?.turn(signal);
        return services.describeStream(arn, page, signal);
      }),
    getShardIterator: (arn, shardId, position, signal, attempts) => {
      const call = () => services.getShardIterator(arn, shardId, position, signal, attempts);
      return again('GetShardIterator', signal, call, attempts);
    },
    getRecords: (iterator, limit, signal, attempts) => {
      const call = () => services.getRecords(iterator, limit, signal, attempts);
      return again('GetRecords', signal, call, attempts);
    },
    headBucket: (bucket, owner, signal) =>
      again('HeadBucket', signal, () => services.headBucket(bucket, owner, signal)),
    getObject: (bucket, key, range, signal) =>
      again('GetObject', signal, () => services.getObject(bucket, key, range, signal)),
    putObject: (bucket, key, object, signal) =>
      again('PutObject', signal, () => services.putObject(bucket, key, object, signal)),
    close: () => services.close(),
  };
}

async function repeat<Result>(
  operation: Operation,
  call: () => Promise<Result>,
  options: RetryOptions & { readonly succeeded: Set<Operation>; readonly strange: StrangeAnswers },
  signal: AbortSignal | undefined,
): Promise<Result> {
  const startedMs = options.clock.elapsedMs();
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    try {
      const result = await call();
      options.succeeded.add(operation);
      return result;
    } catch (error) {
      if (!(error instanceof AwsFault) || !isToRepeat(error, attempt, options.limit)) throw error;
      const hasSucceeded = options.succeeded.has(operation);
      if (error.pace === 'slow' && !hasSucceeded) throw error;
      const waitedMs = options.clock.elapsedMs() - startedMs;
      if (isDeniedObject(error) && waitedMs >= LONGEST_DENIED_OBJECT_MS) throw error;
      const refusal = options.strange.after(error, hasSucceeded);
      if (refusal !== undefined) throw refusal;
      const waitMs = pauseAfter(attempt, error.pace, options.random);
      if (attempt > QUIET_FAILURES || error.pace === 'slow') {
        const { code, message } = error;
        options.events.emit('aws.retry', { operation, code, attempt, waitMs, message });
      }
      await options.clock.sleep(waitMs, signal);
    }
  }
}

function isToRepeat(fault: AwsFault, attempt: number, limit: number | undefined): boolean {
  if (fault.kind !== 'retry' || fault.code === 'ExpiredIteratorException') return false;
  if (limit === undefined) return true;
  return fault.pace !== 'slow' && attempt < limit;
}

function isDeniedObject({ operation, permission }: AwsFault): boolean {
  return operation === 'GetObject' && permission !== undefined;
}
