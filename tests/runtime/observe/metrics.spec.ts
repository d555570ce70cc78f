import assert from 'node:assert/strict';
import { ReplicatorError } from '../../../runtime/errors';
import { Counters } from '../../../runtime/observe/counters';
import { type EventMap, Events, type Phase } from '../../../runtime/observe/events';
import { MetricLog } from '../../../runtime/observe/metric-log';
import { METRIC_PERIOD_SECONDS, METRICS } from '../../../runtime/observe/metrics';
import { prometheusText } from '../../../runtime/observe/prometheus';
import { readingsOf } from '../../../runtime/observe/readings';
import { StatusBoard } from '../../../runtime/observe/status';
import { HandClock } from '../aws/hand-clock';
import { type Datum, figuresOf } from './embedded-metric-format';

const pipeline = '123456789012/eu-west-1/orders';
const NOW = Date.UTC(2026, 10, 23, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

class TestGap extends ReplicatorError {
  readonly kind = 'gap';
}

function scene() {
  const events = new Events();
  const clock = new HandClock();
  const board = new StatusBoard(events, () => clock.elapsed);
  const counters = new Counters(events);
  const phase = (name: Phase) => events.emit('pipeline.phase', { pipeline, phase: name, generation: 1 });
  const batch = (given: Partial<EventMap['stream.batch']> = {}) =>
    events.emit('stream.batch', {
      pipeline,
      records: 10,
      changes: 7,
      bytes: 1_000,
      commitMs: 12,
      watermark: NOW - 90_000,
      lagMs: 1_500,
      shards: 4,
      ...given,
    });
  const readings = (now: number | undefined = NOW) =>
    readingsOf(board.get(pipeline)!, counters.of(pipeline), { elapsedMs: clock.elapsed, now });
  return { events, clock, board, counters, phase, batch, readings };
}

/** A pipeline with all figures known. */
function following() {
  const the = scene();
  the.phase('stream');
  the.events.emit('stream.listing', { pipeline, shards: 9, open: 4 });
  the.events.emit('verify.scheduled', { pipeline, next: NOW + HOUR, since: NOW - 2 * HOUR, differences: 0 });
  the.batch();
  return the;
}

describe('the figures of a pipeline', () => {
  it('come from its events', () => {
    const { events, readings } = following();
    events.emit('load.fileCommitted', { pipeline, role: 'shadow', file: 'f', items: 30 });
    events.emit('load.fileCommitted', { pipeline, role: 'verify', file: 'f', items: 30 });
    events.emit('pipeline.deadLetter', { pipeline, count: 2, reason: 'NUL' });
    assert.deepEqual(readings(), {
      replicationLag: 1_500,
      hoursUntilLoss: 23.975,
      watermarkAge: 90_000,
      openShards: 4,
      verifyDifferences: 0,
      verifyAge: 2 * HOUR,
      backfillFailed: 0,
      gap: 0,
      healing: 0,
      pipelineFailed: 0,
      recordsApplied: 10,
      rowsLoaded: 30,
      deadLetters: 2,
    });
  });

  it('leave out what is still unknown', () => {
    const { phase, readings } = scene();
    phase('start');
    assert.deepEqual(Object.keys(readings()).sort(), [
      ...[
        'backfillFailed',
        'deadLetters',
        'gap',
        'healing',
        'pipelineFailed',
        'recordsApplied',
        'rowsLoaded',
      ],
    ]);
  });

  it('G3: show a gap until a heal begins, and the heal until it is published', () => {
    const { events, phase, readings } = scene();
    const shown = () => [readings().gap, readings().healing];
    events.emit('pipeline.failed', { pipeline, error: new TestGap('lost'), againMs: 1 });
    assert.deepEqual(shown(), [1, 0]);
    phase('start');
    assert.deepEqual(shown(), [1, 0]);
    phase('export');
    events.emit('pipeline.healing', { pipeline, from: NOW - HOUR, to: NOW });
    for (const step of ['load', 'export', 'load', 'publish'] as const) {
      phase(step);
      assert.deepEqual(shown(), [0, 1], step);
    }
    phase('stream');
    assert.deepEqual(shown(), [0, 0]);
  });

  const OUTCOME = {
    scheduled: true,
    differences: 3,
    rowsCompared: 10,
    keysSkipped: 0,
    coverage: { files: 1, filesTotal: 1, items: 10, itemsTotal: 10 },
  };

  it('show the last verify of a schedule, whoever requested it, and none without a schedule', () => {
    const { events, readings } = scene();
    const verify = () => {
      const { verifyDifferences, verifyAge } = readings();
      return [verifyDifferences, verifyAge];
    };
    const finished = (at: number) =>
      events.emit('verify.finished', { pipeline, at, message: 'Three keys differ.', ...OUTCOME });
    finished(NOW);
    assert.deepEqual(verify(), [undefined, undefined]);
    const published = { pipeline, next: NOW + HOUR, since: NOW - HOUR, differences: undefined };
    events.emit('verify.scheduled', published);
    assert.deepEqual(verify(), [undefined, HOUR], 'since the publish');
    finished(NOW - MINUTE);
    assert.deepEqual(verify(), [3, MINUTE]);
    events.emit('verify.scheduled', {
      ...published,
      since: NOW - MINUTE,
      differences: 3,
      failure: 'no export',
    });
    assert.deepEqual(verify(), [3, MINUTE], 'a failure keeps the last result');
  });

  it('show a growing lag once commits stop', () => {
    const { clock, batch, readings } = following();
    clock.elapsed += MINUTE;
    assert.equal(readings().replicationLag, 1_500, 'an idle stream is no lag');
    clock.elapsed += HOUR;
    assert.equal(readings().replicationLag, 1_500 + HOUR + MINUTE);
    batch({ lagMs: 10 });
    assert.equal(readings().replicationLag, 10);
  });

  it('show the hours until loss from the checkpoint on, and fewer and fewer while a pipeline is stopped', () => {
    const { events, readings } = scene();
    events.emit('pipeline.standing', { pipeline, watermark: NOW - 12 * HOUR });
    events.emit('pipeline.failed', { pipeline, error: new TestGap('lost'), againMs: 1 });
    assert.equal(readings().hoursUntilLoss, 12);
    assert.equal(readings(NOW + 20 * HOUR).hoursUntilLoss, 0);
  });

  const failures: readonly (readonly [what: string, phase: Phase, Error, readonly number[]])[] = [
    ['a gap', 'stream', new TestGap('lost'), [1, 0, 1]],
    ['a failed backfill', 'export', new Error('denied'), [0, 1, 1]],
    ['a failed pipeline', 'stream', new Error('denied'), [0, 0, 1]],
  ];
  for (const [what, phase, error, expected] of failures) {
    it(`show ${what} as long as it lasts`, () => {
      const the = scene();
      the.phase(phase);
      the.events.emit('pipeline.failed', { pipeline, error });
      const { gap, backfillFailed, pipelineFailed } = the.readings();
      assert.deepEqual([gap, backfillFailed, pipelineFailed], expected);
      the.phase('stream');
      const after = the.readings();
      assert.deepEqual([after.gap, after.backfillFailed, after.pipelineFailed], [0, 0, 0]);
    });
  }
});

describe('metrics in the log', () => {
  /** Writes metrics for some minutes; `each` is called before every pause. */
  async function written(
    the: ReturnType<typeof scene>,
    minutes: number,
    each: (minute: number) => void = () => undefined,
  ): Promise<Datum[][]> {
    const lines: string[] = [];
    const stopping = new AbortController();
    let minute = 0;
    the.clock.onSleep = () => {
      each(minute);
      if (++minute === minutes) stopping.abort(new Error('stopped'));
    };
    const owner = { namespace: 'DynamoDBReplicator', replicator: 'orders-dev' };
    const { events, board, clock } = the;
    const now = () => NOW + clock.elapsed;
    const log = new MetricLog({ owner, events, board, clock, now, write: (line) => lines.push(line) });
    await log.run(stopping.signal);
    return lines.map(figuresOf);
  }

  it('follow the format’s specification in every line, with their dimensions', async () => {
    const lines = await written(following(), 1);
    const sets = (name: string) =>
      lines
        .flat()
        .filter((datum) => datum.name === name)
        .map(({ dimensions }) => dimensions);
    assert.deepEqual(sets('Heartbeat')[0], { Replicator: 'orders-dev' });
    assert.deepEqual(sets('ReplicationLagMs').slice(0, 2), [
      { Replicator: 'orders-dev' },
      { Replicator: 'orders-dev', Table: 'orders' },
    ]);
    for (const { namespace, timestamp } of lines.flat()) {
      assert.deepEqual([namespace, timestamp], ['DynamoDBReplicator', NOW]);
    }
  });

  it('are exactly those that alarms and dashboard may name, with their units', async () => {
    const said = new Map((await written(following(), 1)).flat().map(({ name, unit }) => [name, unit]));
    const named = new Map(Object.values(METRICS).map(({ name, unit }) => [name as string, unit as string]));
    assert.deepEqual(new Map([...said].sort()), new Map([...named].sort()));
  });

  it('raise the alarm for a stopped pipeline while the destination does not answer at the start', async () => {
    const the = scene();
    const lines = await written(the, 3, (minute) => {
      if (minute === 0)
        the.events.emit('destination.awaited', { attempt: 1, waitMs: 1_000, message: 'Nobody answers.' });
      if (minute === 2) the.events.emit('destination.there', {});
    });
    assert.deepEqual(
      lines
        .flat()
        .filter(({ name }) => name === 'PipelineFailed')
        .map(({ value, dimensions, timestamp }) => [value, dimensions, (timestamp - NOW) / MINUTE]),
      [1, 2].map((minute) => [1, { Replicator: 'orders-dev' }, minute]),
    );
  });

  it('are written each minute, with a heartbeat whatever the pipelines do', async () => {
    const the = scene();
    const lines = await written(the, 5, (minute) => {
      if (minute === 1) the.phase('stream');
      if (minute === 2)
        the.events.emit('pipeline.failed', { pipeline, error: new TestGap('lost'), againMs: 1 });
    });
    assert.deepEqual(
      the.clock.sleeps,
      [1, 2, 3, 4].map(() => METRIC_PERIOD_SECONDS * 1_000),
    );
    const of = (name: string) =>
      lines
        .flat()
        .filter((datum) => datum.name === name && datum.dimensions['Table'] === undefined)
        .map(({ value, timestamp }) => [value, (timestamp - NOW) / MINUTE]);
    assert.deepEqual(of('Heartbeat'), [
      [1, 0],
      [1, 1],
      [1, 2],
      [1, 3],
      [1, 4],
      [1, 4],
    ]);
    assert.deepEqual(of('Gap'), [
      [0, 2],
      [1, 3],
      [1, 4],
      [1, 4],
    ]);
  });

  it('count what happened since the last line, and lose nothing at the end', async () => {
    const the = following();
    const lines = await written(the, 4, (minute) => {
      for (let i = 0; i < minute; i++) the.batch({ records: 100 });
      if (minute === 3) the.events.emit('pipeline.deadLetter', { pipeline, count: 3, reason: 'NUL' });
    });
    const of = (name: string) =>
      lines
        .flat()
        .filter((datum) => datum.name === name && datum.dimensions['Table'] === 'orders')
        .map(({ value }) => value);
    assert.deepEqual(of('RecordsApplied'), [0, 0, 100, 200, 300]);
    assert.deepEqual(of('DeadLetters'), [0, 0, 0, 0, 3]);
  });
});

describe('metrics for Prometheus', () => {
  const table = 'orders';

  it('have a help, a type and a sample for every metric of a pipeline', () => {
    const text = prometheusText([{ table, readings: following().readings() }]);
    const families = Object.keys(METRICS).length - 1;
    assert.equal(text.match(/^# HELP dynamodb_replicator_[a-z_]+ \S.*\.$/gm)?.length, families, text);
    assert.equal(text.match(/^# TYPE dynamodb_replicator_[a-z_]+ (gauge|counter)$/gm)?.length, families);
    assert.equal(text.match(/^dynamodb_replicator_[a-z_]+\{table="orders"\} -?[\d.]+$/gm)?.length, families);
    assert.equal(text.split('\n').length, 3 * families + 1, 'and nothing else');
  });

  it('are in seconds, counts since the start, samples of a metric together', () => {
    const readings = following().readings();
    const text = prometheusText([
      { table, readings },
      { table: 'a "quoted\\" name', readings: { ...readings, replicationLag: 7 } },
    ]);
    const lag = 'dynamodb_replicator_lag_seconds';
    assert.ok(
      text.startsWith(
        `# HELP ${lag} ${METRICS.replicationLag.meaning}\n# TYPE ${lag} gauge\n${lag}{table="orders"} 1.5\n` +
          `${lag}{table="a \\"quoted\\\\\\" name"} 0.007\n# HELP`,
      ),
      text,
    );
    assert.match(text, /^dynamodb_replicator_seconds_until_loss\{table="orders"\} 86310$/m);
    assert.match(text, /^# TYPE dynamodb_replicator_records_applied_total counter$/m);
  });

  it('leave out what is unknown', () => {
    assert.equal(prometheusText([{ table, readings: {} }]), '');
  });
});
