import assert from 'node:assert/strict';
import { ReplicatorError } from '../../../runtime/errors';
import { Events } from '../../../runtime/observe/events';
import { health, serviceHealth, STANDSTILL_MS } from '../../../runtime/observe/health';
import { HealthServer } from '../../../runtime/observe/health-server';
import { StatusBoard } from '../../../runtime/observe/status';

const pipeline = '123456789012/eu-west-1/orders';
const other = '123456789012/eu-west-1/customers';

class TestGap extends ReplicatorError {
  readonly kind = 'gap';
}

/** Events with a clock that the test moves. */
function scene() {
  const events = new Events();
  const clock = { now: 0 };
  const board = new StatusBoard(events, () => clock.now);
  const of = () => {
    const status = board.get(pipeline);
    assert.ok(status);
    return status;
  };
  const phase = (name: string, of = pipeline) =>
    events.emit('pipeline.phase', { pipeline: of, phase: name, generation: 1 });
  return { events, clock, board, of, phase };
}

describe('health of a pipeline', () => {
  it('is progress: a pipeline that stands still is not alive', () => {
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

  it('does not take retries of AWS or new iterators for progress', () => {
    const { events, clock, of, phase } = scene();
    phase('stream');
    clock.now = STANDSTILL_MS + 1;
    events.emit('stream.iteratorRenewed', { pipeline, shardId: 's' });
    events.emit('aws.retry', { operation: 'GetRecords', code: 'X', attempt: 9, waitMs: 1, message: 'm' });
    assert.equal(health(of(), clock.now).alive, false);
  });

  it('is alive but not ready while it waits for a stated reason, however long', () => {
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

  it('is alive but not ready during an export, for as long as it is looked at', () => {
    const { events, clock, of, phase } = scene();
    phase('export');
    for (let looks = 0; looks < 100; looks++) {
      clock.now += STANDSTILL_MS;
      events.emit('export.progress', { pipeline, exportArn: 'arn', elapsedMs: clock.now });
      assert.deepEqual(health(of(), clock.now), { alive: true, ready: false, reason: 'phase export' });
    }
    assert.equal(health(of(), clock.now + STANDSTILL_MS + 1).alive, false, 'nobody looks any more');
  });

  it('is not alive after a failure that is not tried again', () => {
    const { events, of } = scene();
    events.emit('pipeline.failed', { pipeline, error: new TestGap('lost') });
    assert.deepEqual(health(of(), 0), { alive: false, ready: false, reason: 'lost' });
  });
});

describe('health of the service', () => {
  const names = ['orders', 'customers'];
  const START = { beganAtMs: 0, awaited: undefined };

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
    assert.equal(serviceHealth(names, board.all(), 10 * STANDSTILL_MS + 1, board).alive, false);
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

  it('is not alive when one table is stuck, also one that was never heard of', () => {
    const { board, clock, phase } = scene();
    phase('stream');
    assert.equal(serviceHealth(names, board.all(), STANDSTILL_MS, START).alive, true);
    clock.now = STANDSTILL_MS;
    phase('stream');
    assert.equal(serviceHealth(names, board.all(), STANDSTILL_MS + 1, START).alive, false, 'customers');
    phase('stream', other);
    assert.equal(serviceHealth(names, board.all(), STANDSTILL_MS + 1, START).alive, true);
    assert.equal(serviceHealth(names, board.all(), 2 * STANDSTILL_MS + 1, START).alive, false);
  });

  it('stays alive when an error has stopped a table: the others go on', () => {
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

  it('/healthz says whether it is alive, /readyz whether it is ready, each with its reasons', async () => {
    const codes = async () => [(await get('/healthz')).status, (await get('/readyz')).status];
    assert.deepEqual(await codes(), [200, 503]);
    assert.deepEqual(await (await get('/healthz')).json(), { alive: true, ready: false, tables: [] });
    state.ready = true;
    assert.deepEqual(await codes(), [200, 200]);
    state.alive = state.ready = false;
    assert.deepEqual(await codes(), [503, 503]);
  });

  it('/metrics is what Prometheus reads', async () => {
    const answer = await get('/metrics');
    assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(await answer.text(), 'dynamodb_replicator_gap{table="orders"} 0\n');
  });

  it('has nothing else, and changes nothing', async () => {
    assert.equal((await get('/')).status, 404);
    assert.equal((await get('/healthz', 'POST')).status, 405);
    assert.equal((await get('/healthz', 'HEAD')).status, 200);
  });
});
