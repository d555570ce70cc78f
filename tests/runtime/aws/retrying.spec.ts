import assert from 'node:assert/strict';
import { pauseAfter } from '../../../runtime/aws/backoff';
import { AwsFault, type Permission } from '../../../runtime/aws/faults';
import { type RetryOptions, retrying } from '../../../runtime/aws/retrying';
import type { Attempts, AwsServices } from '../../../runtime/aws/services';
import { type EventMap, Events } from '../../../runtime/observe/events';
import { HandClock } from './hand-clock';

type Pace = AwsFault['pace'];

function fault(kind: AwsFault['kind'], pace: Pace, code = 'SomeException'): AwsFault {
  return new AwsFault('DescribeTable', code, kind, pace, 400, 'what to do');
}

describe('Retrying AWS calls', () => {
  let clock: HandClock;
  let reported: EventMap['aws.retry'][];
  let options: RetryOptions;
  let calls: number;

  beforeEach(() => {
    clock = new HandClock();
    reported = [];
    const events = new Events();
    events.on('aws.retry', (event) => reported.push(event));
    options = { clock, events, random: () => 1 - Number.EPSILON };
    calls = 0;
  });

  /** Services whose describeTable fails this many times. */
  function failing(times: number, error: Error, more: Partial<RetryOptions> = {}): AwsServices {
    const describeTable = async () => {
      if (calls++ < times) throw error;
      return { name: 'orders' };
    };
    return retrying({ describeTable } as unknown as AwsServices, { ...options, ...more });
  }

  /** The same after a first successful call, so that the permission existed before. */
  async function failingLater(
    times: number,
    error: Error,
    more: Partial<RetryOptions> = {},
  ): Promise<AwsServices> {
    let allowed = true;
    const describeTable = async () => {
      if (allowed) allowed = false;
      else if (calls++ < times) throw error;
      return { name: 'orders' };
    };
    const services = retrying({ describeTable } as unknown as AwsServices, { ...options, ...more });
    await services.describeTable('orders');
    return services;
  }

  it('retries transient faults without end', async () => {
    const table = await failing(500, fault('retry', 'soon')).describeTable('orders');
    assert.equal(table.name, 'orders');
    assert.equal(calls, 501);
  });

  const strange = (code: string, said: string) =>
    new AwsFault('DescribeTable', code, 'retry', 'soon', undefined, said, { cause: new Error(said) });
  const IN_SANDBOX = { region: 'eu-west-1', cli: { region: 'eu-west-1', endpoint: 'http://localhost:4566' } };
  const answeringWith = (faults: readonly AwsFault[], first?: 'succeeds') => {
    let isFirst = first === 'succeeds';
    const describeTable = async () => {
      const fault = isFirst ? undefined : faults[calls++];
      isFirst = false;
      if (fault) throw fault;
      return { name: 'orders' };
    };
    return retrying({ ...IN_SANDBOX, describeTable } as unknown as AwsServices, options);
  };
  const NO_LABEL = strange('ForeignAnswer', 'The stream’s label is not a time.');
  const NOTHING = strange('UnreadableAnswer', 'The response has no Table.');

  it('F8: gives up after five identical responses that AWS would not send, and names what they lack', async () => {
    for (const [fault, first] of [
      [NO_LABEL, undefined],
      [NO_LABEL, 'succeeds'],
      [NOTHING, undefined],
    ] as const) {
      calls = 0;
      const services = answeringWith(Array(50).fill(fault), first);
      if (first) await services.describeTable('orders');
      await assert.rejects(services.describeTable('orders'), (error) => {
        assert.ok(error instanceof AwsFault);
        assert.equal(error.kind, 'fatal');
        assert.match(
          error.message,
          /^http:\/\/localhost:4566 did not respond to DescribeTable as AWS does, 5 times in a row: The (stream’s label is not a time|response has no Table)\. An emulator /,
        );
        return true;
      });
      assert.equal(calls, 5);
    }
  });

  it('F8: retries such a response if it differs each time, or is empty after a good one', async () => {
    const others = Array.from({ length: 20 }, (_, index) =>
      strange('ForeignAnswer', `The response has no M${index}.`),
    );
    const mixed = [0, 1, 2, 3, 4].flatMap(() => [
      NO_LABEL,
      NO_LABEL,
      NO_LABEL,
      NO_LABEL,
      fault('retry', 'soon'),
    ]);
    for (const faults of [others, mixed]) {
      calls = 0;
      assert.equal((await answeringWith(faults).describeTable('orders')).name, 'orders');
    }
    calls = 0;
    const services = answeringWith(Array(100).fill(NOTHING), 'succeeds');
    await services.describeTable('orders');
    assert.equal((await services.describeTable('orders')).name, 'orders');
  });

  const LONGEST: readonly (readonly [Pace, number, number])[] = [
    ['soon', 100, 20_000],
    ['throttled', 500, 30_000],
    ['slow', 30_000, 300_000],
  ];
  for (const [pace, first, longest] of LONGEST) {
    it(`pauses from ${first} to ${longest} ms at pace ${pace}`, async () => {
      await (await failingLater(40, fault('retry', pace))).describeTable('orders');
      assert.equal(clock.sleeps[0], 2 * first);
      assert.equal(clock.sleeps[1], Math.min(longest, 4 * first));
      assert.equal(Math.max(...clock.sleeps), longest);
      assert.equal(clock.sleeps.at(-1), longest);
    });

    it(`spreads the pauses of pace ${pace} at random, never below the first pause`, () => {
      for (let attempt = 1; attempt < 100; attempt++) {
        assert.equal(
          pauseAfter(attempt, pace, () => 0),
          first,
        );
        assert.ok(pauseAfter(attempt, pace, () => 0.999) <= longest);
      }
      assert.ok(pauseAfter(9, pace, () => 0.25) < pauseAfter(9, pace, () => 0.75));
    });
  }

  it('reports the third failure in a row and later ones, with what to do', async () => {
    await failing(4, fault('retry', 'soon', 'ECONNRESET')).describeTable('orders');
    assert.deepEqual(
      reported.map(({ attempt }) => attempt),
      [3, 4],
    );
    const { waitMs, ...rest } = reported[0]!;
    assert.deepEqual(rest, {
      operation: 'DescribeTable',
      code: 'ECONNRESET',
      attempt: 3,
      message: 'what to do',
    });
    assert.equal(waitMs, clock.sleeps[2]);
  });

  it('waits for a person to fix what has worked before, and reports it at once', async () => {
    await (await failingLater(1, fault('retry', 'slow', 'AccessDeniedException'))).describeTable('orders');
    assert.equal(calls, 2);
    assert.equal(reported.length, 1);
  });

  it('does not wait for a permission that was never there', async () => {
    const error = fault('retry', 'slow', 'AccessDeniedException');
    await assert.rejects(failing(1, error).describeTable('orders'), (thrown) => thrown === error);
    assert.equal(calls, 1);
  });

  const AT_ONCE: readonly (readonly [string, Error])[] = [
    ['an expired iterator, which the caller replaces', fault('retry', 'soon', 'ExpiredIteratorException')],
    ['a gap', fault('gap', 'slow', 'TrimmedDataAccessException')],
    ['a fatal fault', fault('fatal', 'slow', 'ExportConflictException')],
    ['an error that is not a fault', new TypeError('a bug')],
  ];
  for (const [what, error] of AT_ONCE) {
    it(`throws ${what} at once`, async () => {
      await assert.rejects(failing(1, error).describeTable('orders'), (thrown) => thrown === error);
      assert.equal(calls, 1);
      assert.deepEqual(clock.sleeps, []);
    });
  }

  it('stops in a pause with the signal’s reason', async () => {
    const controller = new AbortController();
    const reason = new Error('shutting down');
    clock.onSleep = () => controller.abort(reason);
    const call = failing(9, fault('retry', 'soon')).describeTable('orders', controller.signal);
    await assert.rejects(call, (thrown) => thrown === reason);
    assert.equal(calls, 1);
  });

  it('with a limit, gives up after that many attempts with the fault', async () => {
    const error = fault('retry', 'soon');
    await assert.rejects(
      failing(9, error, { limit: 3 }).describeTable('orders'),
      (thrown) => thrown === error,
    );
    assert.equal(calls, 3);
  });

  it('with a limit, does not wait for a person', async () => {
    const services = await failingLater(9, fault('retry', 'slow'), { limit: 3 });
    await assert.rejects(services.describeTable('orders'));
    assert.equal(calls, 1);
  });

  describe('a denied object, which may be missing', () => {
    const denied = (permission?: Permission) =>
      new AwsFault('GetObject', 'AccessDenied', 'retry', 'slow', 403, 'what to do', { permission });
    const READ: Permission = { action: 's3:GetObject', resource: 'arn:aws:s3:::b/*' };
    const HOUR = 3_600_000;

    /** How long an object is waited for that is denied after another was read. */
    async function waitFor(error: AwsFault, endsAfterMs: number): Promise<'read' | AwsFault> {
      const getObject = async (_: string, key: string) => {
        if (key === 'later' && clock.elapsed < endsAfterMs) throw error;
        return {};
      };
      const services = retrying({ getObject } as unknown as AwsServices, options);
      const range = { offset: 0, ifMatch: undefined };
      await services.getObject('b', 'first', range);
      return services.getObject('b', 'later', range).then(
        () => 'read' as const,
        (thrown: AwsFault) => thrown,
      );
    }

    it('is waited for, for six hours', async () => {
      assert.equal(await waitFor(denied(READ), 5.9 * HOUR), 'read');
      clock.elapsed = 0;
      const error = denied(READ);
      assert.equal(await waitFor(error, 7 * HOUR), error);
      assert.ok(clock.elapsed >= 6 * HOUR && clock.elapsed < 6.1 * HOUR, `${clock.elapsed} ms`);
    });

    it('is waited for without end if it is the key or the credentials that cannot be used', async () => {
      assert.equal(await waitFor(denied(), 100 * HOUR), 'read');
    });
  });

  it('runs each attempt of a read through its caller, and pauses outside', async () => {
    const steps: string[] = [];
    clock.onSleep = () => void steps.push('pause');
    const getRecords = async () => {
      steps.push('attempt');
      if (calls++ < 2) throw fault('retry', 'throttled');
      return {};
    };
    const attempts: Attempts = {
      run: async (attempt) => {
        steps.push('begin');
        try {
          return await attempt();
        } finally {
          steps.push('end');
        }
      },
      received: () => Promise.resolve(),
    };
    const services = retrying({ getRecords } as unknown as AwsServices, options);
    await services.getRecords('iterator', 7, undefined, attempts);
    assert.equal(steps.join(' '), 'begin attempt end pause begin attempt end pause begin attempt end');
  });

  it('passes every operation through with its arguments', async () => {
    const heard: unknown[][] = [];
    const recording = new Proxy({} as AwsServices, {
      get: (_, name) =>
        name === 'region' || name === 'clock' ? name : (...args: unknown[]) => heard.push([name, ...args]),
    });
    const services = retrying(recording, options);
    const { signal } = new AbortController();
    const attempts: Attempts = { run: (attempt) => attempt(), received: () => Promise.resolve() };
    const range = { offset: 1, ifMatch: '"e"' };
    await services.callerIdentity(signal);
    await services.sourceIdentity(signal);
    await services.describeTable('t', signal);
    await services.describePointInTimeRecovery('t', signal);
    await services.requestExport({} as never, signal);
    await services.describeExport('arn', signal);
    await services.listExports('arn', signal);
    await services.describeStream('arn', {}, signal);
    await services.getShardIterator('arn', 'shard', 'TRIM_HORIZON', signal, attempts);
    await services.getRecords('iterator', 7, signal, attempts);
    await services.headBucket('b', 'owner', signal);
    await services.getObject('b', 'k', range, signal);
    await services.putObject('b', 'k', { body: Buffer.of(1) }, signal);
    services.close();
    assert.deepEqual(heard, [
      ['callerIdentity', signal],
      ['sourceIdentity', signal],
      ['describeTable', 't', signal],
      ['describePointInTimeRecovery', 't', signal],
      ['requestExport', {}, signal],
      ['describeExport', 'arn', signal],
      ['listExports', 'arn', signal],
      ['describeStream', 'arn', {}, signal],
      ['getShardIterator', 'arn', 'shard', 'TRIM_HORIZON', signal, attempts],
      ['getRecords', 'iterator', 7, signal, attempts],
      ['headBucket', 'b', 'owner', signal],
      ['getObject', 'b', 'k', range, signal],
      ['putObject', 'b', 'k', { body: Buffer.of(1) }, signal],
      ['close'],
    ]);
    assert.equal(services.region, 'region');
    assert.equal(services.clock, 'clock');
  });
});
