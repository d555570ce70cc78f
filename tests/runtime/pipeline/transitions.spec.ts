import assert from 'node:assert/strict';
import type { Checkpoint, PipelineState } from '../../../runtime/pipeline/checkpoint';
import {
  type Happening,
  type State,
  stateOf,
  type Step,
  stepAfter,
} from '../../../runtime/pipeline/transitions';
import type { ShardGraph } from '../../../runtime/stream/shard-graph';

const state = (checkpoint: Partial<Checkpoint>): PipelineState => ({
  checkpoint: checkpoint as Checkpoint,
  graph: {} as ShardGraph,
});
const gap = { reason: 'record trimmed', from: 0, to: 1, shardId: undefined } as unknown as Checkpoint['gap'];

function words(step: Step): string {
  return step.do === 'begin' ? `begin (${step.reason}) under ${step.under}` : step.do;
}

/** One line a state, one column a happening. */
const TABLE: readonly (readonly [State, Readonly<Record<Happening, string>>])[] = [
  [
    'nothing',
    {
      'taken up': 'begin (first load) under this lease',
      gap: 'begin (table replaced) under new lease',
      'table replaced': 'begin (table replaced) under new lease',
      resync: 'begin (resync) under this lease',
    },
  ],
  [
    'load',
    {
      'taken up': 'run',
      gap: 'begin (gap) under this lease',
      'table replaced': 'begin (table replaced) under new lease',
      resync: 'begin (resync) under new lease',
    },
  ],
  [
    'stream',
    {
      'taken up': 'run',
      gap: 'record the gap and stop',
      'table replaced': 'begin (table replaced) under new lease',
      resync: 'begin (resync) under new lease',
    },
  ],
  [
    'gap',
    {
      'taken up': 'stop',
      gap: 'stop',
      'table replaced': 'begin (table replaced) under new lease',
      resync: 'begin (resync) under this lease',
    },
  ],
];

describe('pipeline/transitions', () => {
  for (const [state, steps] of TABLE)
    for (const [happening, expected] of Object.entries(steps))
      it(`${state}, ${happening}: ${expected}`, () => {
        assert.equal(words(stepAfter(state, happening as Happening)), expected);
      });

  it('G2: the state is what the checkpoint says: a recorded gap before its phase', () => {
    assert.equal(stateOf(undefined), 'nothing');
    assert.equal(stateOf(state({ phase: 'load', gap: undefined })), 'load');
    assert.equal(stateOf(state({ phase: 'stream', gap: undefined })), 'stream');
    assert.equal(stateOf(state({ phase: 'stream', gap })), 'gap');
  });
});
