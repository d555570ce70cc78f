import assert from 'node:assert/strict';
import { LocalClock } from '../../../runtime/clock';
import type {
  CheckpointWrite,
  PipelineStore,
  StoredCheckpoint,
} from '../../../runtime/destinations/destination';
import {
  CommitOutcomeUnknown,
  DestinationUnavailable,
  LeaseLost,
} from '../../../runtime/destinations/errors';
import { Events } from '../../../runtime/observe/events';
import type { Checkpoint, PipelineState } from '../../../runtime/pipeline/checkpoint';
import { Committer } from '../../../runtime/pipeline/committer';
import { ShardGraph } from '../../../runtime/stream/shard-graph';

const graph = ShardGraph.start({
  kind: 'listing',
  streamArn: 'arn:stream',
  startedAt: Date.UTC(2026, 0, 5),
  completedAt: Date.UTC(2026, 0, 5),
  shards: [],
  status: 'ENABLED',
  viewType: 'NEW_IMAGE',
});
const first: PipelineState = { checkpoint: { format: 1, commit: 1, phase: 'load' } as Checkpoint, graph };

class Unavailable extends DestinationUnavailable {}

/** A destination with one checkpoint. Its `saves` fail in the given ways, one after the other. */
function destination(...saves: ('ok' | 'lost after commit' | 'lost before commit' | 'unreachable')[]) {
  const written: CheckpointWrite[] = [];
  const store = {
    epoch: 4,
    save: (checkpoint: CheckpointWrite) => {
      const way = saves.shift() ?? 'ok';
      if (way === 'unreachable') return Promise.reject(new Unavailable('unreachable'));
      if (way !== 'lost before commit') written.push(checkpoint);
      return way === 'ok' ? Promise.resolve() : Promise.reject(new CommitOutcomeUnknown());
    },
    readCheckpoint: (): Promise<StoredCheckpoint> =>
      Promise.resolve({ head: written.at(-1)?.head ?? JSON.stringify(first.checkpoint), shards: new Map() }),
  } as unknown as PipelineStore;
  const context = { pipeline: 'p', clock: new LocalClock(100_000), events: new Events() };
  return { written, lease: store, committer: new Committer(store, context, first) };
}

const { signal } = new AbortController();
const heads = (written: readonly CheckpointWrite[]) =>
  written.map(({ head }) => (JSON.parse(head) as Checkpoint).commit);
const next = (state: PipelineState): PipelineState => ({
  ...state,
  checkpoint: { ...state.checkpoint, phase: 'stream' },
});

describe('pipeline/committer', () => {
  it('C3: a commit that succeeded although its answer was lost is not repeated', async () => {
    const { written, committer } = destination('lost after commit');
    await committer.commit(signal, next);
    assert.deepEqual(heads(written), [2]);
    assert.equal(committer.current.checkpoint.phase, 'stream');
  });

  it('C3: a commit that failed is repeated', async () => {
    const { written, committer } = destination('lost before commit', 'ok');
    await committer.commit(signal, next);
    assert.deepEqual(heads(written), [2]);
  });

  it('C3: a checkpoint that is neither the old nor the new one belongs to another writer', async () => {
    const { lease: store, committer } = destination('lost before commit');
    store.readCheckpoint = () =>
      Promise.resolve({ head: JSON.stringify({ format: 1, commit: 9 }), shards: new Map() });
    await assert.rejects(committer.commit(signal, next), LeaseLost);
    assert.equal(committer.current, first);
  });

  it('waits while the destination is unreachable', async () => {
    const { written, committer } = destination('unreachable', 'unreachable', 'ok');
    await committer.commit(signal, next);
    assert.deepEqual(heads(written), [2]);
  });

  it('C1: commits run one after the other, each on the state of the one before', async () => {
    const { written, committer } = destination();
    await Promise.all([
      committer.commit(signal, next),
      committer.commit(signal, next),
      committer.commit(signal, next),
    ]);
    assert.deepEqual(heads(written), [2, 3, 4]);
  });
});
