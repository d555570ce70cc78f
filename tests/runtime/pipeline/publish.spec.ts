import assert from 'node:assert/strict';
import type { PublishView } from '../../../runtime/destinations/destination';
import {
  type Checkpoint,
  readHead,
  type PipelineState,
  writeState,
} from '../../../runtime/pipeline/checkpoint';
import {
  decidePublish,
  type Publishable,
  publishableExport,
  PublishRefused,
} from '../../../runtime/pipeline/publish';
import { ShardGraph } from '../../../runtime/stream/shard-graph';

const T = Date.UTC(2026, 0, 5, 12);
const SHARD = 'shardId-00000001767614400000-0a1b2c3d';
const PIPELINE = '123456789012/eu-west-1/orders';

/** A stored state with this watermark, epoch ms. */
function stateAt(watermark: number, over: Partial<Checkpoint> = {}): PipelineState {
  const roots = {
    kind: 'listing' as const,
    streamArn: 'arn:stream',
    startedAt: T - 600_000,
    completedAt: T - 600_000,
    shards: [{ id: SHARD, parentId: undefined, closed: false }],
    status: 'ENABLED' as const,
    viewType: 'NEW_IMAGE',
  };
  const listed = (at: number) => ({ ...roots, startedAt: at, completedAt: at });
  const later = ShardGraph.start(roots)
    .listed(listed(watermark))
    .listed(listed(watermark + 60_000));
  const { graph } = later.applied({
    kind: 'page',
    shardId: SHARD,
    records: [
      {
        eventName: 'INSERT',
        sequenceNumber: '100000000000000000001',
        createdAt: watermark,
        keys: new Map([['id', { S: 'a' }]]),
        newImage: new Map([['id', { S: 'a' }]]),
        byTimeToLive: false,
      },
    ],
    ended: false,
    requestedAt: watermark,
    receivedAt: watermark,
    idleSince: undefined,
    bytes: 100,
  });
  assert.equal(graph.watermark(), watermark);
  const checkpoint: Checkpoint = {
    format: 1,
    commit: 7,
    tableArn: 'arn:table',
    tableId: 'table-1',
    streamArn: 'arn:stream',
    generation: 3,
    reason: 'first load',
    phase: 'load',
    graph: graph.head(),
    exportAttempt: 1,
    export: undefined,
    published: undefined,
    gap: undefined,
    ...over,
  };
  return { checkpoint, graph };
}

const files = [
  { key: 'data/a.json.gz', items: 2 },
  { key: 'data/b.json.gz', items: 1 },
];
const ledger = [
  { file: 'data/a.json.gz', items: 2 },
  { file: 'data/b.json.gz', items: 1 },
];
const source = { tableId: 'table-1', streamArn: 'arn:stream' };

function viewOf(stored: PipelineState): PublishView {
  const { head, shards } = writeState(stored, undefined);
  return { checkpoint: { head, shards: shards as ReadonlyMap<string, string> }, ledger };
}

describe('pipeline/publish', () => {
  const ready = stateAt(T + 62_000);
  const decide = (
    view: PublishView,
    over: { expected?: PipelineState; source?: Partial<typeof source>; loaded?: Publishable } = {},
  ) =>
    decidePublish(PIPELINE, view, {
      expected: over.expected ?? ready,
      source: { ...source, ...over.source },
      loaded: over.loaded ?? publishableExport(files, T),
      now: T + 90_000,
    });

  it('P2: publishes when every file is in the ledger and W has passed T by 62 s', () => {
    const next = readHead(decide(viewOf(ready)).head);
    assert.equal(next.phase, 'stream');
    assert.equal(next.commit, 8);
    assert.deepEqual(next.published, { generation: 3, at: T + 90_000, exportTime: T });
  });

  it('P2: W one second short of T + 62 s is not enough', () => {
    assert.equal(publishableExport(files, T).passes, T + 62_000);
    const early = stateAt(T + 61_000);
    assert.throws(() => decide(viewOf(early), { expected: early }), PublishRefused);
  });

  const refusals: Record<string, () => unknown> = {
    'a file is missing from the ledger': () => decide({ ...viewOf(ready), ledger: ledger.slice(1) }),
    'a file was loaded with another number of items': () =>
      decide({ ...viewOf(ready), ledger: [{ file: 'data/a.json.gz', items: 1 }, ...ledger.slice(1)] }),
    'the table has a different id now': () => decide(viewOf(ready), { source: { tableId: 'table-2' } }),
    'the table has a different stream now': () =>
      decide(viewOf(ready), { source: { streamArn: 'arn:other' } }),
    'another writer has committed meanwhile': () => decide(viewOf(stateAt(T + 62_000, { commit: 8 }))),
    'it has been published already': () => decide(viewOf(stateAt(T + 62_000, { phase: 'stream' }))),
  };
  for (const [condition, attempt] of Object.entries(refusals)) {
    it(`P2: refuses when ${condition}, according to what the transaction read`, () => {
      assert.throws(attempt, PublishRefused);
    });
  }

  const gap = { reason: 'too old', from: T - 90_000_000, to: T, shardId: undefined } as const;
  const heal = { since: T - 90_000_000, gap, bucket: 'b', prefix: undefined, windows: [], rereadAt: T };
  const before = { generation: 1, at: T - 200_000_000, exportTime: T - 201_000_000 };
  const healing = (over: Partial<Checkpoint> = {}) =>
    stateAt(T + 62_000, { reason: 'heal', heal, published: before, healsBegun: [T - 600_000], ...over });
  const lines: Publishable = { from: 'lines', files, passes: T + 62_000, exportTime: undefined };

  it('G4: publishes a heal; rows without a time are still of the export before it, and the heal counts as one in a row', () => {
    const stored = healing();
    const next = readHead(decide(viewOf(stored), { expected: stored, loaded: lines }).head);
    assert.equal(next.phase, 'stream');
    assert.equal(next.heal, undefined);
    assert.deepEqual(next.published, { generation: 3, at: T + 90_000, exportTime: before.exportTime });
    assert.deepEqual(next.healsBegun, [T - 600_000]);
  });

  it('G4: refuses a heal whose keys have not been read again, or that lacks a file, or that W has not passed', () => {
    const unread = healing({ heal: { ...heal, rereadAt: undefined } });
    assert.throws(() => decide(viewOf(unread), { expected: unread, loaded: lines }), PublishRefused);
    const stored = healing();
    const lacking = { ...viewOf(stored), ledger: ledger.slice(1) };
    assert.throws(() => decide(lacking, { expected: stored, loaded: lines }), PublishRefused);
    const later = { ...lines, passes: T + 63_000 };
    assert.throws(() => decide(viewOf(stored), { expected: stored, loaded: later }), PublishRefused);
  });

  it('G3: after a load is published, earlier heals are forgotten', () => {
    const stored = stateAt(T + 62_000, { healsBegun: [T - 600_000] });
    const next = readHead(decide(viewOf(stored), { expected: stored }).head);
    assert.equal(next.healsBegun, undefined);
  });
});
