import type { GenerationReason, PipelineState } from './checkpoint';

/** What the checkpoint says of a pipeline: nothing is stored yet, it loads, it follows, it is blocked by a gap. */
export type State = 'nothing' | 'load' | 'stream' | 'gap';

/** What decides how a pipeline goes on. */
export type Happening =
  /** The lease was taken, or a generation has begun. */
  | 'taken up'
  /** Stream records are lost (rule G1). */
  | 'gap'
  /** The source is another table of the same name. */
  | 'table replaced'
  /** A user wants a new generation. */
  | 'resync';

/** How it goes on. */
export type Step =
  | { readonly do: 'run' }
  /** With the error of the gap; the visible table stays as it is. */
  | { readonly do: 'stop' }
  | { readonly do: 'record the gap and stop' }
  /** A new generation. `new lease`: a table that was replaced may have another key. */
  | { readonly do: 'begin'; readonly reason: GenerationReason; readonly under: 'this lease' | 'new lease' };

const RUN: Step = { do: 'run' };
const STOP: Step = { do: 'stop' };
const begin = (reason: GenerationReason, under: 'this lease' | 'new lease'): Step => ({
  do: 'begin',
  reason,
  under,
});
const REPLACED = begin('table replaced', 'new lease');
const RESYNC = begin('resync', 'new lease');

/** Every state and everything that can happen in it (docs/ARCHITECTURE.md draws it). */
const STEPS: Readonly<Record<State, Readonly<Record<Happening, Step>>>> = {
  nothing: {
    'taken up': begin('first load', 'this lease'),
    // Somebody has removed what was stored.
    gap: REPLACED,
    'table replaced': REPLACED,
    resync: begin('resync', 'this lease'),
  },
  load: {
    'taken up': RUN,
    // Before the publish nothing is lost by loading anew (rule G2).
    gap: begin('gap', 'this lease'),
    'table replaced': REPLACED,
    resync: RESYNC,
  },
  stream: {
    'taken up': RUN,
    gap: { do: 'record the gap and stop' },
    'table replaced': REPLACED,
    resync: RESYNC,
  },
  gap: {
    'taken up': STOP,
    gap: STOP,
    'table replaced': REPLACED,
    resync: begin('resync', 'this lease'),
  },
};

export function stateOf(state: PipelineState | undefined): State {
  if (state === undefined) return 'nothing';
  return state.checkpoint.gap === undefined ? state.checkpoint.phase : 'gap';
}

export function stepAfter(state: State, happening: Happening): Step {
  return STEPS[state][happening];
}
