import assert from 'node:assert/strict';
import { ReplicatorError } from '../../../runtime/errors';
import { Events, type Phase } from '../../../runtime/observe/events';
import { health, serviceHealth, STANDSTILL_MS } from '../../../runtime/observe/health';
import { HealthServer } from '../../../runtime/observe/health-server';
import { readingsOf } from '../../../runtime/observe/readings';
import { StatusBoard } from '../../../runtime/observe/status';
import { awaitedBack } from '../../../runtime/pipeline/source-watch';
import { TABLE_RETRY_MS } from '../../../runtime/replicator';

const pipeline = '123456789012/eu-west-1/orders';
const other = '123456789012/eu-west-1/customers';

class TestGap extends ReplicatorError {
  readonly kind = 'gap';
}

/** Events with a clock that the test sets. */
function scene() {
  const events = new Events();
  const clock = { now: 0 };
  const board = new StatusBoard(events, () => clock.now);
  const of = () => {
    const status = board.get(pipeline);
    assert.ok(status);
    return status;
  };
  const phase = (name: Phase, of = pipeline) =>
    events.emit('pipeline.phase', { pipeline: of, phase: name, generation: 1 });
  return { events, clock, board, of, phase };
}

describe('health of a pipeline', () => {
  it('means progress: a stalled pipeline is not alive', () => {
    const { events, clock, of, phase } = scene();
    phase('stream');
    assert.deepEqual(health(of(), STANDSTILL_MS), {
      alive: true,
      ready: true,
      reason: 'following the stream',
    });
    assert.equal(health(of(), STANDSTILL_MS + 1).alive, false);
    clock.now = STANDSTILL_MS;
    const idle = { records: 0, changes: 0, bytes: 0, commitMs: 1, watermark: 0, lagMs: 0, shards: 1 };
    events.emit('stream.batch', { pipeline, ...idle });
    assert.equal(health(of(), STANDSTILL_MS + 1).alive, true);
  });

  it('G1: a table that is gone is waited for: alive, not ready, and alarmed, until it is loaded again', () => {
    const { events, of, phase } = scene();
    phase('stream');
    const error = awaitedBack('orders', { region: 'eu-west-1' }, undefined);
    events.emit('pipeline.failed', { pipeline, error, againMs: TABLE_RETRY_MS });
    const { alive, ready, reason } = health(of(), 100 * STANDSTILL_MS);
    assert.deepEqual([alive, ready], [true, false]);
    assert.match(reason, /^Table orders no longer exists in eu-west-1/);
    const none = { recordsApplied: 0, rowsLoaded: 0, deadLetters: 0 };
    const alarmed = () => readingsOf(of(), none, { elapsedMs: 0, now: undefined }).pipelineFailed;
    assert.equal(alarmed(), 1);
    phase('start');
    assert.equal(alarmed(), 0);
  });

  it('is ready while a resync loads beside a table that follows its stream', () => {
    const { events, of, phase } = scene();
    phase('stream');
    for (const step of ['export', 'load'] as const) {
      events.emit('pipeline.phase', { pipeline, phase: step, generation: 2, follows: true });
      const reason = `following the stream; phase ${step} of a resync`;
      assert.deepEqual(health(of(), 0), { alive: true, ready: true, reason });
    }
    phase('export');
    assert.equal(health(of(), 0).ready, false);
  });

  it('counts a listing as progress: an idle table commits once in two of them, which may be ten minutes apart', () => {
    const { events, clock, of, phase } = scene();
    phase('stream');
    clock.now = STANDSTILL_MS;
    events.emit('stream.listing', { pipeline, shards: 28_000, open: 4_000 });
    assert.equal(health(of(), 2 * STANDSTILL_MS).alive, true);
  });

  it('does not count new iterators as progress', () => {
    const { events, clock, of, phase } = scene();
    phase('stream');
    clock.now = STANDSTILL_MS + 1;
    events.emit('stream.iteratorRenewed', { pipeline, shardId: 's' });
    assert.equal(health(of(), clock.now).alive, false);
  });

  it('is alive while AWS calls fail and are retried: a restart would change nothing', () => {
    const { events, clock, board, of, phase } = scene();
    const waitMs = 20_000;
    const fail = (table: string | undefined, message: string) =>
      events.emit('aws.retry', { table, operation: 'GetRecords', code: 'X', attempt: 9, waitMs, message });
    phase('stream');
    fail('orders', 'Nobody answers.');
    const now = (elapsedMs: number) => health(of(), elapsedMs, board.retries.get('orders'));
    assert.equal(now(1).ready, true, 'a failure alone is no stall');
    clock.now = 3 * STANDSTILL_MS;
    fail('customers', 'Of another table.');
    fail(undefined, 'Of no table.');
    assert.equal(now(clock.now).alive, false, 'this table has had no event for long');
    fail('orders', 'Nobody answers.');
    assert.deepEqual(now(clock.now), { alive: true, ready: false, reason: 'Nobody answers.' });
    assert.equal(now(clock.now + waitMs + STANDSTILL_MS).alive, true);
    assert.equal(now(clock.now + waitMs + STANDSTILL_MS + 1).alive, false, 'it is not retried');
  });

  it('is alive but not ready while it waits for a known reason, however long', () => {
    const long = 10 * STANDSTILL_MS;
    const waits: readonly (readonly [reason: string, (the: ReturnType<typeof scene>) => void])[] = [
      ['publishing', ({ phase }) => phase('publish')],
      [
        'the stream is off',
        ({ events }) =>
          events.emit('pipeline.waiting', { pipeline, reason: 'the stream is off', until: undefined }),
      ],
      [
        'disk full',
        ({ events }) =>
          events.emit('destination.retry', { pipeline, attempt: 9, waitMs: 1, message: 'disk full' }),
      ],
      [
        'lost',
        ({ events }) => events.emit('pipeline.failed', { pipeline, error: new TestGap('lost'), againMs: 1 }),
      ],
    ];
    for (const [reason, begin] of waits) {
      const the = scene();
      the.phase('stream');
      begin(the);
      assert.deepEqual(health(the.of(), long), { alive: true, ready: false, reason });
    }
  });

  it('is alive but not ready during an export, for as long as its status is checked', () => {
    const { events, clock, of, phase } = scene();
    phase('export');
    for (let looks = 0; looks < 100; looks++) {
      clock.now += STANDSTILL_MS;
      events.emit('export.progress', { pipeline, exportArn: 'arn', elapsedMs: clock.now });
      assert.deepEqual(health(of(), clock.now), { alive: true, ready: false, reason: 'phase export' });
    }
    assert.equal(health(of(), clock.now + STANDSTILL_MS + 1).alive, false, 'it is no longer checked');
  });

  it('is not alive after a failure that is not retried', () => {
    const { events, of } = scene();
    events.emit('pipeline.failed', { pipeline, error: new TestGap('lost') });
    assert.deepEqual(health(of(), 0), { alive: false, ready: false, reason: 'lost' });
  });
});

describe('health of the service', () => {
  const names = ['orders', 'customers'];
  const START = { awaited: undefined, retries: new Map() };

  it('is alive and not ready for as long as the destination does not answer at the start', () => {
    const { board, events, clock } = scene();
    events.emit('destination.awaited', { attempt: 1, waitMs: 1_000, message: 'Nobody answers at db.' });
    const waiting = serviceHealth(names, board.all(), 9 * STANDSTILL_MS, board);
    assert.deepEqual(
      [waiting.alive, waiting.ready, waiting.tables[0]?.reason],
      [true, false, 'Nobody answers at db.'],
    );
    clock.now = 9 * STANDSTILL_MS;
    events.emit('destination.there', {});
    assert.equal(serviceHealth(names, board.all(), 10 * STANDSTILL_MS, board).tables[0]?.reason, 'starting');
  });

  it('is ready when every table is followed', () => {
    const { board, phase } = scene();
    phase('stream');
    assert.deepEqual(serviceHealth(names, board.all(), 1, START), {
      alive: true,
      ready: false,
      tables: [
        { table: 'orders', alive: true, ready: true, reason: 'following the stream' },
        { table: 'customers', alive: true, ready: false, reason: 'starting' },
      ],
    });
    phase('stream', other);
    assert.equal(serviceHealth(names, board.all(), 1, START).ready, true);
  });

  it('is not alive when one table is stuck', () => {
    const { board, clock, phase } = scene();
    phase('stream');
    phase('stream', other);
    assert.equal(serviceHealth(names, board.all(), STANDSTILL_MS, START).alive, true);
    clock.now = STANDSTILL_MS;
    phase('stream');
    assert.equal(serviceHealth(names, board.all(), STANDSTILL_MS + 1, START).alive, false, 'customers');
  });

  it('is alive however long a table takes to begin: describing it is retried, and the failure is the reason', () => {
    const { board, clock, events, phase } = scene();
    for (const others of [false, true]) {
      clock.now += 9 * STANDSTILL_MS;
      if (others) phase('stream');
      const { alive, tables } = serviceHealth(names, board.all(), clock.now, board);
      assert.deepEqual([alive, tables[1]], [true, { ...tables[1], ready: false, reason: 'starting' }]);
    }
    const message = 'DescribeTable on table customers is throttled';
    events.emit('aws.retry', {
      table: 'customers',
      operation: 'DescribeTable',
      code: 'ThrottlingException',
      attempt: 3,
      waitMs: 5_000,
      message,
    });
    const { alive, tables } = serviceHealth(names, board.all(), clock.now, board);
    assert.deepEqual([alive, tables[1]?.reason], [true, message]);
  });

  it('lists a table once, by its full name as soon as that is known', () => {
    const { board, events, phase } = scene();
    events.emit('pipeline.failed', { pipeline: 'orders', error: new Error('denied') });
    assert.equal(serviceHealth(['orders'], board.all(), 1, board).tables[0]?.reason, 'denied');
    phase('load');
    assert.deepEqual(
      board.all().map((status) => status.pipeline),
      [pipeline],
    );
  });

  it('stays alive when an error has stopped a table: the others continue', () => {
    const { board, events, phase } = scene();
    phase('stream', other);
    events.emit('pipeline.failed', { pipeline, error: new Error('denied') });
    const { alive, ready, tables } = serviceHealth(names, board.all(), 1, START);
    assert.deepEqual([alive, ready, tables[0]?.reason], [true, false, 'denied']);
  });
});

describe('health over HTTP', () => {
  const state = { alive: true, ready: false };
  let server: HealthServer;

  beforeEach(async () => {
    Object.assign(state, { alive: true, ready: false });
    server = await HealthServer.start(0, {
      health: () => ({ ...state, tables: [] }),
      metrics: () => 'dynamodb_replicator_gap{table="orders"} 0\n',
    });
  });
  afterEach(() => server.close());

  const get = (path: string, method = 'GET') => fetch(`http://127.0.0.1:${server.port}${path}`, { method });

  it('/healthz reports whether it is alive, /readyz whether it is ready, each with its reasons', async () => {
    const codes = async () => [(await get('/healthz')).status, (await get('/readyz')).status];
    assert.deepEqual(await codes(), [200, 503]);
    assert.deepEqual(await (await get('/healthz')).json(), { alive: true, ready: false, tables: [] });
    state.ready = true;
    assert.deepEqual(await codes(), [200, 200]);
    state.alive = state.ready = false;
    assert.deepEqual(await codes(), [503, 503]);
  });

  it('/metrics is in Prometheus’s format', async () => {
    const answer = await get('/metrics');
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(await answer.text(), 'dynamodb_replicator_gap{table="orders"} 0\n');
  });

  it('serves nothing else, and only reads', async () => {
    assert.equal((await get('/')).status, 404);
    assert.equal((await get('/healthz', 'POST')).status, 405);
    assert.equal((await get('/healthz', 'HEAD')).status, 200);
  });
});
