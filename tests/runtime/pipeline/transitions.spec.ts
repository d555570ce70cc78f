import assert from 'node:assert/strict';
import type { Checkpoint, GenerationReason, PipelineState } from '../../../runtime/pipeline/checkpoint';
import {
  type Happening,
  type Obstacle,
  type Phase,
  type State,
  stateOf,
  type Step,
  stepAfter,
  stepWhenKept,
  stepWhenTaken,
  type Stored,
} from '../../../runtime/pipeline/transitions';
import type { ShardGraph } from '../../../runtime/stream/shard-graph';

const stored = (checkpoint: Partial<Checkpoint>): PipelineState => ({
  checkpoint: checkpoint as Checkpoint,
  graph: {} as ShardGraph,
});
const gap = { reason: 'trimmed', from: 0, to: 1, shardId: undefined } as const;

function words(step: Step): string {
  switch (step.do) {
    case 'begin':
      return `begin (${step.reason}) under ${step.under}`;
    case 'continue':
      return `continue as ${step.as}`;
    case 'refuse':
      return `refuse: ${step.because}`;
    default:
      return step.do;
  }
}

const TAKEN: Readonly<Record<State, string>> = {
  nothing: 'begin (first load) under this lease',
  load: 'run',
  heal: 'run',
  stream: 'run',
  gap: 'close the gap',
};

const RUNNING: Readonly<Record<Phase, Readonly<Record<Happening, string>>>> = {
  load: {
    publish: 'continue as stream',
    gap: 'begin (gap) under this lease',
    'table replaced': 'begin (table replaced) under new lease',
    'table gone': 'wait for the table',
    resync: 'begin (resync) under new lease',
    'export lost': 'begin (gap) under this lease',
    'resync failed': 'abandon the load',
  },
  heal: {
    publish: 'continue as stream',
    gap: 'record the gap',
    'table replaced': 'begin (table replaced) under new lease',
    'table gone': 'wait for the table',
    resync: 'begin (resync) under new lease',
    'export lost': 'record the gap',
    'resync failed': 'refuse: a heal is no resync',
  },
  stream: {
    publish: 'refuse: it is not being loaded',
    gap: 'record the gap',
    'table replaced': 'begin (table replaced) under new lease',
    'table gone': 'wait for the table',
    resync: 'begin (resync) under new lease',
    'export lost': 'refuse: it is not being loaded',
    'resync failed': 'refuse: it is not being loaded',
  },
};

const KEPT: Readonly<Record<Stored, Readonly<Record<Obstacle, string>>>> = {
  nothing: { 'table gone': 'stop', 'table unfit': 'stop', 'another key': 'stop' },
  'its table': { 'table gone': 'wait for the table', 'table unfit': 'stop', 'another key': 'stop' },
  'an earlier table': {
    'table gone': 'wait for the table',
    'table unfit': 'wait for the table',
    'another key': 'wait for the table',
  },
};

describe('pipeline/transitions', () => {
  for (const [stored, steps] of Object.entries(KEPT))
    for (const [obstacle, expected] of Object.entries(steps))
      it(`G1: of ${stored}, ${obstacle}: ${expected}`, () => {
        assert.equal(words(stepWhenKept(stored as Stored, obstacle as Obstacle)), expected);
      });

  for (const [state, expected] of Object.entries(TAKEN)) {
    it(`${state}, the lease is taken: ${expected}`, () => {
      assert.equal(words(stepWhenTaken(state as State)), expected);
    });
    it(`${state}, the lease is taken for a wanted generation: it begins under this lease`, () => {
      assert.equal(words(stepWhenTaken(state as State, 'resync')), 'begin (resync) under this lease');
    });
  }

  for (const [phase, steps] of Object.entries(RUNNING))
    for (const [happening, expected] of Object.entries(steps))
      it(`${phase}, ${happening}: ${expected}`, () => {
        assert.equal(words(stepAfter(phase as Phase, happening as Happening)), expected);
      });

  it('G3: a generation that was wanted to close a gap does not begin when another process has closed it', () => {
    const wanted = (state: State, reason: GenerationReason) => words(stepWhenTaken(state, reason));
    assert.equal(wanted('gap', 'heal'), 'begin (heal) under this lease');
    assert.equal(wanted('gap', 'gap'), 'begin (gap) under this lease');
    assert.equal(wanted('load', 'gap'), 'begin (gap) under this lease');
    for (const state of ['load', 'heal', 'stream'] as const) assert.equal(wanted(state, 'heal'), 'run');
    assert.equal(wanted('stream', 'gap'), 'run');
  });

  it('G2: the state comes from the checkpoint: its gap if one is recorded, otherwise its phase', () => {
    assert.equal(stateOf(undefined), 'nothing');
    assert.equal(stateOf(stored({ phase: 'load', gap: undefined })), 'load');
    assert.equal(stateOf(stored({ phase: 'stream', gap: undefined })), 'stream');
    assert.equal(stateOf(stored({ phase: 'load', reason: 'heal', gap: undefined })), 'heal');
    assert.equal(stateOf(stored({ phase: 'stream', reason: 'heal', gap: undefined })), 'stream');
    assert.equal(stateOf(stored({ phase: 'load', reason: 'heal', gap })), 'gap');
    assert.equal(stateOf(stored({ phase: 'stream', gap })), 'gap');
  });
});
