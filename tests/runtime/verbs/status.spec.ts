import assert from 'node:assert/strict';
import { text } from '../../../runtime/verbs/status';
import { reportOf } from '../../../runtime/control/report';
import type { PipelineRecord } from '../../../runtime/destinations/destination';
import { Events } from '../../../runtime/observe/events';
import { serviceHealth } from '../../../runtime/observe/health';
import { StatusBoard } from '../../../runtime/observe/status';
import { ShardGraph } from '../../../runtime/stream/shard-graph';
import { listing, START } from '../stream/arrivals';

const pipeline = '123456789012/eu-west-1/orders';
const NOW = Date.UTC(2026, 10, 29, 12);
const MINUTE = 60_000;
/** What a batch reports besides, which no status shows. */
const COSTS = { bytes: 1, commitMs: 1, shards: 1 };

describe('status', () => {
  it('shows the watermark’s age and how often the shards are listed', () => {
    const events = new Events();
    let elapsedMs = 0;
    const board = new StatusBoard(events, () => elapsedMs);
    const shown = () => {
      const status = board.get(pipeline);
      assert.ok(status);
      return text(reportOf(pipeline, undefined, { status, elapsedMs, retry: undefined }, NOW));
    };
    events.emit('pipeline.standing', { pipeline, watermark: NOW - 3 * MINUTE });
    events.emit('stream.listing', { pipeline, shards: 28_000, open: 4_000 });
    assert.match(shown(), /watermark +2026-11-29 11:57:00 UTC, 3 min old\n/);
    elapsedMs = 4 * MINUTE;
    events.emit('stream.listing', { pipeline, shards: 28_000, open: 4_000 });
    assert.match(shown(), /watermark +2026-11-29 11:57:00 UTC, 3 min old; shards listed every 4 min\n/);
  });

  it('does not show a table as following, nor a lag, while an error stops it or it waits to be retried', () => {
    const events = new Events();
    const board = new StatusBoard(events, () => 0);
    const report = () => {
      const status = board.get(pipeline);
      assert.ok(status);
      return reportOf(pipeline, undefined, { status, elapsedMs: 0, retry: undefined }, NOW);
    };
    const shown = () => [report().phase, report().lagMs];
    const follow = () => {
      events.emit('pipeline.phase', { pipeline, phase: 'stream', generation: 1 });
      events.emit('stream.batch', { pipeline, records: 1, changes: 1, lagMs: 0, watermark: NOW, ...COSTS });
    };
    follow();
    assert.deepEqual(shown(), ['stream', 0]);
    const error = new Error('Table orders does not exist');
    events.emit('pipeline.failed', { pipeline, error });
    assert.deepEqual(shown(), ['stopped', null]);
    assert.match(text(report()), /phase +stopped\n(?! +lag).*error +Table orders/s);
    events.emit('pipeline.failed', { pipeline, error, againMs: 60_000 });
    assert.deepEqual(shown(), ['waiting', null]);
    follow();
    assert.deepEqual(shown(), ['stream', 0]);
  });

  const recordOf = (phase: 'load' | 'stream', given: object): PipelineRecord => {
    const graph = ShardGraph.start(listing(START, 'A'));
    const head = JSON.stringify({ format: 1, phase, generation: 2, graph: graph.head(), ...given });
    const shards = new Map([['A', graph.changedSince(undefined).get('A') ?? '']]);
    return {
      epoch: 1,
      generation: 1,
      storedDeadLetters: 0,
      checkpoint: { head, shards },
      columns: [],
      rows: 1,
      deadLetters: 0,
      problem: undefined,
      slowedBy: undefined,
    };
  };
  const stopped = (phase: 'load' | 'stream', now: number, given: object = {}) =>
    text(
      reportOf(pipeline, recordOf(phase, given), undefined, now, 'dynamodb-replicator resync --table orders'),
    );

  it('shows the last verify, also after a restart or with an older replicator, and the next one while it runs', () => {
    const last = {
      at: NOW - 60 * MINUTE,
      differences: 1,
      rowsCompared: 1_200,
      keysSkipped: 0,
      coverage: { files: 4, filesTotal: 4, items: 1_200, itemsTotal: 1_200 },
    };
    const shown = (given: object) => stopped('stream', NOW, { verify: given });
    assert.match(shown({ last }), /last verify +2026-11-29 11:00:00 UTC: 1 difference in 1,200 rows\n/);
    const ofSample = {
      ...last,
      differences: 0,
      keysSkipped: 7,
      coverage: { ...last.coverage, files: 1, itemsTotal: 5_000 },
    };
    assert.match(
      shown({ last: ofSample, unfinished: { count: 1, at: NOW, failed: true } }),
      /last verify +2026-11-29 11:00:00 UTC: 0 differences in 1,200 rows, 7 keys skipped \(a sample: 1,200 of 5,000 items\)\n/,
    );
    assert.doesNotMatch(shown({ unfinished: { count: 1, at: NOW, failed: false } }), /verify/);
    assert.doesNotMatch(stopped('stream', NOW), /verify/);

    const events = new Events();
    const board = new StatusBoard(events, () => 0);
    const since = NOW - 60 * MINUTE;
    const next = NOW + 30 * MINUTE;
    events.emit('verify.scheduled', { pipeline, next, since, differences: undefined });
    const report = () =>
      reportOf(pipeline, undefined, { status: board.get(pipeline)!, elapsedMs: 0, retry: undefined }, NOW);
    assert.match(text(report()), /next verify +2026-11-29 12:30:00 UTC\n/);
    const { lastVerify: _, nextVerify: __, ...older } = report();
    assert.doesNotMatch(text(older as ReturnType<typeof report>), /verify/);
    events.emit('pipeline.stopped', { pipeline });
    assert.equal(report().nextVerify, null);
  });

  it('P3: shows a table that follows its stream during a resync, with its watermark', () => {
    const events = new Events();
    const board = new StatusBoard(events, () => 0);
    const generation = 2;
    events.emit('pipeline.phase', { pipeline, phase: 'load', generation, follows: true });
    const live = { status: board.get(pipeline)!, elapsedMs: 0, retry: undefined };
    const shown = (given: object) => text(reportOf(pipeline, recordOf('load', given), live, NOW));
    assert.match(shown({ feedsVisible: true }), /phase +following, and a resync: loading\n.*watermark/s);
    assert.match(shown({}), /phase +loading\n.*changes stored up to/s);
  });

  it('P3: shows when and why the last resync failed, with the command, also after a restart or with an older replicator', () => {
    const message = 'A file is damaged. Load from a new export: dynamodb-replicator resync --table …';
    const resyncFailed = { at: NOW - MINUTE, error: 'DataFileCorrupt', message };
    assert.match(
      stopped('stream', NOW, { resyncFailed }),
      /resync failed +2026-11-29 11:59:00 UTC: A file is damaged\. Load from a new export: dynamodb-replicator resync --table orders\n/,
    );
    const report = reportOf(pipeline, recordOf('stream', { resyncFailed }), undefined, NOW);
    assert.deepEqual(report.resyncFailed, {
      at: '2026-11-29T11:59:00.000Z',
      error: 'DataFileCorrupt',
      message,
    });
    const { resyncFailed: _, ...older } = report;
    assert.doesNotMatch(text(older as typeof report), /resync failed/);
    assert.doesNotMatch(stopped('stream', NOW), /resync failed/);
  });

  it('G3: shows which gap is being healed, also after a restart or with an older replicator', () => {
    const gap = { reason: 'too old', from: NOW - 30 * 60 * MINUTE, to: NOW - MINUTE } as const;
    const heal = { since: gap.from, gap, bucket: 'b', windows: [] };
    const shown = stopped('load', NOW, { reason: 'heal', heal });
    assert.match(shown, /healing +the gap from 2026-11-28 06:00:00 UTC to 2026-11-29 11:59:00 UTC\n/);
    assert.doesNotMatch(stopped('stream', NOW), /healing/);
    assert.doesNotMatch(stopped('load', NOW, { reason: 'heal', heal, gap }), /healing/, 'in another gap');
    const { healing: _, ...older } = reportOf(pipeline, undefined, undefined, NOW);
    assert.doesNotMatch(text(older as ReturnType<typeof reportOf>), /healing/);
  });

  it('G3: shows what a heal does now, in the words of its events', () => {
    const gap = { reason: 'too old', from: NOW - 30 * 60 * MINUTE, to: NOW - MINUTE } as const;
    const heal = { since: gap.from, gap, bucket: 'b', windows: [] };
    const events = new Events();
    const board = new StatusBoard(events, () => 0);
    const shown = (rereadAt?: number) => {
      const live = { status: board.get(pipeline)!, elapsedMs: 0, retry: undefined };
      const record = recordOf('load', { reason: 'heal', heal: { ...heal, rereadAt } });
      return /phase +(.*)\n/.exec(text(reportOf(pipeline, record, live, NOW)))?.[1];
    };
    const phase = (now: 'start' | 'export' | 'load' | 'publish') =>
      events.emit('pipeline.phase', { pipeline, phase: now, generation: 2 });
    phase('start');
    assert.equal(shown(), 'healing: starting');
    phase('export');
    assert.equal(shown(), 'healing: exporting');
    phase('load');
    assert.equal(shown(), 'healing: staging');
    events.emit('heal.reread', { pipeline, keys: 1_200 });
    assert.equal(shown(), 'healing: reading keys again (1,200 keys so far)');
    assert.equal(shown(NOW), 'healing: following');
    phase('publish');
    assert.equal(shown(NOW), 'healing: publishing');
    events.emit('pipeline.stopped', { pipeline });
    assert.equal(shown(NOW), 'stopped');
  });

  it('shows a watermark that is ahead of this machine’s clock as such', () => {
    const watermark = START - 5 * MINUTE;
    assert.match(stopped('stream', watermark + 2_000), /watermark .*UTC, 2 s old\n/);
    assert.match(stopped('stream', watermark - 500), /watermark .*UTC, 0 s old\n/);
    assert.match(
      stopped('stream', watermark - 12_000),
      /watermark .*UTC, 12 s ahead of this machine’s clock\n/,
    );
  });

  it('shows no number of rows after their checkpoint was deleted', () => {
    const record: PipelineRecord = {
      epoch: 1,
      generation: 1,
      checkpoint: undefined,
      columns: [],
      rows: 0,
      deadLetters: 0,
      storedDeadLetters: 0,
      problem: undefined,
      slowedBy: undefined,
    };
    assert.doesNotMatch(text(reportOf(pipeline, record, undefined, NOW)), /^ +rows/m);
    assert.match(text(reportOf(pipeline, { ...record, generation: 0 }, undefined, NOW)), /^ +rows +0$/m);
  });

  it('says when stream data expires: after 24 hours at most, even if a simulator’s clock was ahead', () => {
    assert.match(
      stopped('stream', START + 60 * MINUTE),
      /stream data +expires in 22\.9 h unless it is read\n/,
    );
    assert.match(
      stopped('stream', START - 600 * MINUTE),
      /stream data +expires in 24\.0 h unless it is read\n/,
    );
    assert.match(stopped('stream', START + 1_500 * MINUTE), /stream data +may have expired unread\n/);
    assert.match(
      stopped('load', START),
      /changes stored up to +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, 5 min old\n/,
    );
  });

  it('explains a gap in the words of run, with the command that reloads the table', () => {
    const gap = { reason: 'too old', from: NOW - 1_680 * MINUTE, to: NOW };
    const shown = stopped('stream', START, { gap });
    assert.ok(!shown.includes('stream data'), shown);
    assert.match(shown, /phase +gap\n/);
    assert.match(
      shown,
      /error +Changes made between 2026-11-28 08:00:00 UTC and 2026-11-29 12:00:00 UTC may be lost: the stream keeps changes for 24 hours, and the replicator is 1 d 4 h behind\. .*: dynamodb-replicator resync --table orders\n/,
    );
  });

  it('shows no watermark while a generation loads: the visible table does not have those changes yet', () => {
    const graph = ShardGraph.start(listing(START, 'A'));
    const line = (phase: 'load' | 'stream') => {
      const head = JSON.stringify({ format: 1, phase, generation: 2, graph: graph.head() });
      const shards = new Map([['A', graph.changedSince(undefined).get('A') ?? '']]);
      const record: PipelineRecord = {
        epoch: 1,
        generation: 1,
        storedDeadLetters: 0,
        checkpoint: { head, shards },
        columns: [],
        rows: 1,
        deadLetters: 0,
        problem: undefined,
        slowedBy: undefined,
      };
      const report = reportOf(pipeline, record, undefined, START);
      return [report.watermark, report.recordedUntil, text(report).includes('watermark')];
    };
    const s0 = new Date(START - 5 * MINUTE).toISOString();
    assert.deepEqual(line('load'), [null, s0, false]);
    assert.deepEqual(line('stream'), [s0, null, true]);
  });

  it('reports alive and ready as /healthz does, also while AWS refuses or does not answer', () => {
    const events = new Events();
    let elapsedMs = 0;
    const board = new StatusBoard(events, () => elapsedMs);
    const both = () => {
      const status = board.get(pipeline);
      assert.ok(status);
      const retry = board.retries.get('orders');
      const { alive, ready } = reportOf(pipeline, undefined, { status, elapsedMs, retry }, NOW);
      const served = serviceHealth(['orders'], board.all(), elapsedMs, board);
      assert.deepEqual({ alive, ready }, { alive: served.alive, ready: served.ready });
      return alive;
    };
    events.emit('pipeline.standing', { pipeline, watermark: NOW });
    assert.equal(both(), true);
    elapsedMs = 10 * MINUTE;
    events.emit('aws.retry', {
      table: 'orders',
      operation: 'DescribeStream',
      code: 'ECONNREFUSED',
      attempt: 9,
      waitMs: 20_000,
      message: 'AWS does not answer',
    });
    assert.equal(both(), true);
    elapsedMs = 20 * MINUTE;
    assert.equal(both(), false);
  });
});
