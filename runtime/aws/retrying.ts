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
   * No more than so many attempts, and only one where a person has to mend something: for a check that has to answer.
   * Left out: no limit.
   */
  readonly limit?: number | undefined;
  /** How often DescribeStream is called, tries that failed included. Left out: no limit. */
  readonly describing?: CallRate;
}

/** Failures before they are told: the first ones are the ordinary noise of a network. */
const QUIET_FAILURES = 2;

/**
 * Repeats what a fault of kind `retry` broke off, with growing pauses, for as long as it takes: the checkpoint keeps its place
 * and the stream its records for 24 hours. What a person has to mend (access, credentials) is waited for only where the
 * same operation has succeeded before: a permission that was never there is told at once. Faults of other kinds go to the caller at once, and so does an expired
 * iterator, which has to be replaced. An answer that AWS does not give is refused after five identical ones. Stops with the signal's reason. The body of an object is the reader's to resume. A reader of
 * shards is asked before each attempt (`Attempts`) and holds nothing in the pauses.
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
