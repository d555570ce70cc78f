import assert from 'node:assert/strict';
import { ReplicatorError } from '../../../runtime/errors';
import { type EventMap, Events } from '../../../runtime/observe/events';
import { health } from '../../../runtime/observe/health';
import { type LogLevel, writeLog } from '../../../runtime/observe/log';
import { Progress } from '../../../runtime/observe/progress';
import { hoursUntilLoss, StatusBoard } from '../../../runtime/observe/status';

const pipeline = '123456789012/eu-west-1/orders';
const NOW = Date.UTC(2026, 10, 23, 12);

class TestGap extends ReplicatorError {
  readonly kind = 'gap';
}

const batch = (given: Partial<EventMap['stream.batch']> = {}): EventMap['stream.batch'] => ({
  pipeline,
  records: 10,
  changes: 7,
  bytes: 1_000,
  commitMs: 12,
  watermark: NOW,
  lagMs: 1_500,
  shards: 4,
  ...given,
});

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
  return { events, clock, board, of };
}

describe('status', () => {
  it('shows a pipeline from its start to following the stream', () => {
    const { events, of } = scene();
    events.emit('pipeline.phase', { pipeline, phase: 'start', generation: 1 });
    events.emit('pipeline.waiting', { pipeline, reason: 'shards settle', until: NOW });
    assert.equal(of().waiting?.reason, 'shards settle');
    events.emit('pipeline.phase', { pipeline, phase: 'export', generation: 1 });
    assert.equal(of().waiting, undefined);
    events.emit('export.progress', { pipeline, exportArn: 'arn', elapsedMs: 5 });
    assert.equal(of().exporting?.elapsedMs, 5);
    events.emit('pipeline.phase', { pipeline, phase: 'load', generation: 1 });
    events.emit('pipeline.deadLetter', { pipeline, count: 2, reason: 'NUL' });
    events.emit('pipeline.published', { pipeline, generation: 1, rows: 50, written: 50, deadLetters: 2 });
    events.emit('pipeline.phase', { pipeline, phase: 'stream', generation: 1 });
    events.emit('stream.batch', batch());
    events.emit('stream.batch', batch({ records: 5, changes: 5, lagMs: 10 }));
    const { phase, generation, rowsPublished, records, changes, deadLetters, lagMs, watermark } = of();
    assert.deepEqual(
      { phase, generation, rowsPublished, records, changes, deadLetters, lagMs, watermark },
      {
        phase: 'stream',
        generation: 1,
        rowsPublished: 50,
        records: 15,
        changes: 12,
        deadLetters: 2,
        lagMs: 10,
        watermark: NOW,
      },
    );
  });

  it('keeps the error that stopped a pipeline, with its kind', () => {
    const { events, of } = scene();
    events.emit('pipeline.failed', { pipeline, error: new TestGap('lost') });
    events.emit('pipeline.stopped', { pipeline });
    assert.deepEqual(of().error, { name: 'TestGap', kind: 'gap', message: 'lost', againMs: undefined });
  });

  it('counts the keys that a heal reads again, until the next phase', () => {
    const { events, of } = scene();
    events.emit('pipeline.phase', { pipeline, phase: 'load', generation: 2 });
    assert.equal(of().keysReread, undefined);
    events.emit('heal.reread', { pipeline, keys: 0 });
    events.emit('heal.reread', { pipeline, keys: 31 });
    assert.equal(of().keysReread, 31);
    events.emit('pipeline.phase', { pipeline, phase: 'publish', generation: 2 });
    assert.equal(of().keysReread, undefined);
  });

  it('keeps a gap until a later generation is followed', () => {
    const { events, of } = scene();
    events.emit('pipeline.failed', { pipeline, error: new TestGap('lost'), againMs: 1 });
    assert.equal(of().hasGap, true);
    events.emit('pipeline.phase', { pipeline, phase: 'load', generation: 2 });
    assert.deepEqual([of().hasGap, of().error], [true, undefined]);
    events.emit('pipeline.phase', { pipeline, phase: 'stream', generation: 2 });
    assert.equal(of().hasGap, false);
  });

  it('shows an unreachable destination until the pipeline makes progress', () => {
    const { events, of } = scene();
    events.emit('pipeline.waiting', { pipeline, reason: 'the stream is off', until: undefined });
    events.emit('destination.retry', { pipeline, attempt: 1, waitMs: 1, message: 'disk full' });
    assert.equal(of().destinationUnreachable, 'disk full');
    events.emit('stream.batch', batch());
    assert.deepEqual([of().destinationUnreachable, of().waiting?.reason], [undefined, 'the stream is off']);
  });

  it('waits while the stream is off, whatever else it does, until another generation begins', () => {
    const { events, of } = scene();
    const off = 'the stream is off';
    events.emit('pipeline.phase', { pipeline, phase: 'stream', generation: 1 });
    events.emit('pipeline.waiting', { pipeline, reason: off, until: undefined, lasts: true });
    const meanwhile = [
      () => events.emit('verify.progress', { pipeline, stage: 'waiting' }),
      () => events.emit('pipeline.waiting', { pipeline, reason: 'a place', until: undefined }),
      () => events.emit('export.progress', { pipeline, exportArn: 'arn', elapsedMs: 5 }),
      () => events.emit('pipeline.deadLetter', { pipeline, count: 1, reason: 'NUL' }),
      () => events.emit('verify.ended', { pipeline }),
      () => events.emit('stream.batch', batch()),
      () => events.emit('pipeline.phase', { pipeline, phase: 'load', generation: 1 }),
    ];
    for (const emit of meanwhile) {
      emit();
      assert.equal(of().waiting?.reason, off, String(emit));
      assert.equal(health(of(), 0).ready, false);
    }
    events.emit('pipeline.phase', { pipeline, phase: 'start', generation: 2 });
    assert.equal(of().waiting, undefined);
  });

  it('counts the hours until stream data is lost from the watermark', () => {
    assert.equal(hoursUntilLoss(NOW - 6 * 3_600_000, NOW), 18);
    assert.equal(hoursUntilLoss(NOW - 30 * 3_600_000, NOW), -6);
  });
});

describe('log', () => {
  function logged() {
    const { events, clock } = scene();
    const lines: { level: LogLevel; fields: Record<string, unknown>; message: string }[] = [];
    const at = (level: LogLevel) => (fields: object, message: string) =>
      void lines.push({ level, fields: fields as Record<string, unknown>, message });
    writeLog(
      events,
      { error: at('error'), warn: at('warn'), info: at('info'), debug: at('debug') },
      { summaryMs: 1_000, elapsedMs: () => clock.now },
    );
    return { events, clock, lines };
  }

  it('summarizes any number of batches in one line per interval, without losing a record', () => {
    const { events, clock, lines } = logged();
    for (let count = 0; count < 1_000; count++) {
      clock.now += 10;
      events.emit('stream.batch', batch({ commitMs: count }));
    }
    events.emit('pipeline.stopped', { pipeline });
    const summaries = lines.filter(({ fields }) => fields['event'] === 'stream.batch');
    assert.ok(summaries.length <= 12, `${summaries.length} lines`);
    const sum = (name: string) =>
      summaries.reduce((total, { fields }) => total + (fields[name] as number), 0);
    assert.equal(sum('batches'), 1_000);
    assert.equal(sum('records'), 10_000);
    assert.equal(Math.max(...summaries.map(({ fields }) => fields['longestCommitMs'] as number)), 999);
  });

  it('logs an unexpected error at level error with its stack, and a failed verify as a warning', () => {
    const { events, lines } = logged();
    events.emit('replicator.strayError', { message: 'at a.ts:1:2', stack: 'Error\n at a.ts:1:2' });
    events.emit('verify.failed', { pipeline, message: 'no export' });
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields['event'], fields['message'], fields['stack']]),
      [
        ['error', 'replicator.strayError', 'at a.ts:1:2', 'Error\n at a.ts:1:2'],
        ['warn', 'verify.failed', 'no export', undefined],
      ],
    );
  });

  it('logs the result of a verify, an error when rows differ, and when the next is due', () => {
    const { events, lines } = logged();
    const outcome = {
      at: 1,
      scheduled: true,
      rowsCompared: 10,
      keysSkipped: 0,
      coverage: { files: 1, filesTotal: 2, items: 10, itemsTotal: 20 },
    };
    events.emit('verify.finished', { pipeline, differences: 0, message: undefined, ...outcome });
    events.emit('verify.finished', { pipeline, differences: 2, message: 'Two keys differ.', ...outcome });
    const next = { pipeline, next: 5, since: 1, differences: 2 };
    events.emit('verify.scheduled', next);
    events.emit('verify.scheduled', { ...next, failure: 'no export' });
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields['event'], fields['message'] ?? fields['failure']]),
      [
        ['info', 'verify.finished', undefined],
        ['error', 'verify.finished', 'Two keys differ.'],
        ['info', 'verify.scheduled', undefined],
        ['warn', 'verify.scheduled', 'no export'],
      ],
    );
    assert.deepEqual(lines[0]?.fields['coverage'], outcome.coverage);
  });

  it('logs a retry at the destination at once, and repeated ones as warnings', () => {
    const { events, clock, lines } = logged();
    for (const attempt of [1, 2, 3]) {
      clock.now += 60_000;
      events.emit('destination.retry', { pipeline, attempt, waitMs: 1, message: 'no answer' });
    }
    assert.deepEqual(
      lines.map(({ level, fields }) => [level, fields['message']]),
      [
        ['info', 'no answer'],
        ['info', 'no answer'],
        ['warn', 'no answer'],
      ],
    );
  });

  it('logs a failure at level error with its kind, and AWS retries as warnings only when they repeat', () => {
    const { events, lines } = logged();
    for (const attempt of [1, 2, 3]) {
      events.emit('aws.retry', { operation: 'GetRecords', code: 'X', attempt, waitMs: 1, message: 'm' });
    }
    events.emit('pipeline.failed', { pipeline, error: new TestGap('lost') });
    events.emit('pipeline.failed', { pipeline, error: new TestGap('lost'), againMs: 1, isRepeated: true });
    assert.deepEqual(
      lines.map(({ level }) => level),
      ['debug', 'debug', 'warn', 'error'],
    );
    assert.deepEqual((lines[3]!.fields['error'] as { kind: string }).kind, 'gap');
  });
});

describe('progress for people', () => {
  function shown(isTTY: boolean) {
    const { events, clock, board } = scene();
    let text = '';
    const screen = { isTTY, columns: 100, write: (piece: string) => (text += piece) };
    const progress = new Progress(events, screen, {
      board,
      summaryMs: 1_000,
      elapsedMs: () => clock.now,
      now: () => NOW,
    });
    return { events, clock, progress, text: () => text };
  }

  it('writes plain lines in a pipe: a phase once, then now and then', () => {
    const { events, clock, progress, text } = shown(false);
    events.emit('pipeline.phase', { pipeline, phase: 'stream', generation: 1 });
    for (let count = 0; count < 20; count++) {
      clock.now += 100;
      events.emit('stream.batch', batch());
    }
    progress.close();
    assert.ok(!text().includes('\u001b'));
    assert.deepEqual(text().split('\n'), [
      'orders  following  0 changes',
      'orders  following  70 changes  lag 2 s',
      'orders  following  140 changes  lag 2 s',
      '',
    ]);
  });

  it('redraws on a terminal, below announcements that stay', () => {
    const { events, clock, progress, text } = shown(true);
    events.emit('pipeline.phase', { pipeline, phase: 'load', generation: 1 });
    clock.now = 200;
    events.emit('pipeline.published', { pipeline, generation: 1, rows: 12, written: 12, deadLetters: 0 });
    clock.now = 400;
    events.emit('pipeline.phase', { pipeline, phase: 'stream', generation: 1 });
    progress.close();
    assert.deepEqual(visible(text()), [
      'orders: published 12 rows',
      'orders  following  12 rows loaded  0 changes',
    ]);
  });

  it('removes the line of a pipeline that stopped without an error, and stops listening when closed', () => {
    const { events, progress, text } = shown(true);
    events.emit('pipeline.phase', { pipeline, phase: 'stream', generation: 1 });
    events.emit('pipeline.stopped', { pipeline });
    progress.close();
    events.emit('pipeline.gap', { pipeline, message: 'too late' });
    assert.deepEqual(visible(text()), []);
  });

  it('writes nothing into a question, and afterwards what happened meanwhile', () => {
    const { events, clock, progress, text } = shown(true);
    events.emit('pipeline.phase', { pipeline, phase: 'stream', generation: 1 });
    const release = progress.hold();
    const before = text();
    assert.deepEqual(visible(before), [], 'the moving lines are gone');
    for (let day = 0; day < 600; day++) {
      clock.now += 1_000;
      events.emit('pipeline.gap', { pipeline, message: `message ${day}` });
      events.emit('stream.batch', batch());
    }
    for (let i = 0; i < 3; i++) events.emit('pipeline.gap', { pipeline, message: 'message 599' });
    assert.equal(text(), before);
    release();
    const lines = visible(text());
    assert.equal(lines[0], '(100 lines left out)');
    assert.deepEqual([lines[1], lines[500]], ['orders: message 100', 'orders: message 599']);
    assert.match(lines[501] ?? '', /^orders {2}following/);
    assert.equal(lines.length, 502);
    clock.now += 1_000;
    events.emit('pipeline.gap', { pipeline, message: 'and on' });
    assert.equal(visible(text()).at(-2), 'orders: and on');
  });

  it('announces a publish whose response was lost without its counts', () => {
    const { events, text } = shown(false);
    const unknown = { rows: undefined, written: undefined, deadLetters: undefined };
    events.emit('pipeline.published', { pipeline, generation: 2, ...unknown });
    assert.match(text(), /^orders: published\n/);
  });

  const failing = (given: Partial<EventMap['aws.retry']> = {}): EventMap['aws.retry'] => ({
    table: 'orders',
    operation: 'GetRecords',
    code: 'InternalServerError',
    attempt: 3,
    waitMs: 1,
    message: 'GetRecords failed; retrying.',
    ...given,
  });

  it('shows a failing call once, then at most every 30 seconds, with the number of failures', () => {
    const { events, clock, text } = shown(false);
    for (let second = 0; second <= 60; second++) {
      clock.now = second * 1_000;
      events.emit('aws.retry', failing());
    }
    assert.deepEqual(text().split('\n'), [
      'orders: GetRecords failed; retrying.',
      'orders: GetRecords failed; retrying. (failed 30 times since the last message)',
      'orders: GetRecords failed; retrying. (failed 30 times since the last message)',
      '',
    ]);
  });

  it('shows failures of another operation, and of another table, at once', () => {
    const { events, text } = shown(false);
    events.emit('aws.retry', failing({ attempt: 2 }));
    events.emit('aws.retry', failing());
    events.emit('aws.retry', failing({ table: 'customers' }));
    events.emit(
      'aws.retry',
      failing({ table: undefined, operation: 'HeadBucket', message: 'HeadBucket failed.' }),
    );
    assert.deepEqual(text().split('\n'), [
      'orders: GetRecords failed; retrying.',
      'customers: GetRecords failed; retrying.',
      'HeadBucket failed.',
      '',
    ]);
  });

  it('says once that it resumes, and after which change', () => {
    const { events, text } = shown(false);
    for (let lease = 0; lease < 2; lease++) {
      events.emit('pipeline.standing', { pipeline, watermark: NOW });
      events.emit('pipeline.phase', { pipeline, phase: 'stream', generation: 1 });
    }
    assert.deepEqual(text().split('\n'), [
      'orders  starting',
      'orders: resuming after the last commit (changes up to 2026-11-23 12:00:00 UTC)',
      'orders  following  0 changes',
      '',
    ]);
  });

  it('does not say that it resumes when a load begins', () => {
    const { events, text } = shown(false);
    events.emit('pipeline.standing', { pipeline, watermark: NOW });
    events.emit('pipeline.phase', { pipeline, phase: 'start', generation: 2 });
    events.emit('pipeline.phase', { pipeline, phase: 'load', generation: 2 });
    assert.ok(!text().includes('resuming'));
  });

  it('shows the whole message of a failure', () => {
    const { events, text } = shown(false);
    events.emit('pipeline.failed', { pipeline, error: new TestGap('A gap.\nRun resync.') });
    assert.equal(text(), 'orders: A gap.\nRun resync.\n');
  });

  it('shows a failure that is waited for once, and again when it is another one', () => {
    const { events, text } = shown(false);
    const waits = { pipeline, againMs: 300_000 };
    events.emit('pipeline.failed', { ...waits, error: new TestGap('recovery is off'), isRepeated: false });
    events.emit('pipeline.failed', { ...waits, error: new TestGap('recovery is off'), isRepeated: true });
    events.emit('pipeline.failed', { ...waits, error: new TestGap('too soon'), isRepeated: false });
    assert.equal(text(), 'orders: recovery is off\norders: too soon\n');
  });

  /** The lines that a terminal shows in the end. */
  function visible(text: string): string[] {
    const lines: string[] = [];
    // oxlint-disable-next-line no-control-regex
    for (const part of text.split(/(\u001b\[\d+A\u001b\[0J)/)) {
      // oxlint-disable-next-line no-control-regex
      const up = /\u001b\[(\d+)A/.exec(part);
      if (up) lines.splice(lines.length - Number(up[1]));
      else lines.push(...part.split('\n').slice(0, -1));
    }
    return lines;
  }
});
