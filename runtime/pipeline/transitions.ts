import type { Checkpoint, GenerationReason, PipelineState } from './checkpoint';

/** What a generation is doing: it loads, or it follows. */
type Phase = Checkpoint['phase'];

/** What the checkpoint says of a pipeline; `nothing` is stored yet, or it is blocked by a `gap`. */
export type State = 'nothing' | Phase | 'gap';

/** What can happen to a generation that runs. */
export type Happening =
  /** Its export is loaded, and the stream has passed it (rule P2). */
  | 'publish'
  /** Stream records are lost (rule G1). */
  | 'gap'
  /** The source is another table of the same name, or what was stored is gone. */
  | 'table replaced'
  /** There is no table of that name any more. */
  | 'table gone'
  /** A user wants a new generation. */
  | 'resync';

/** How a pipeline goes on. */
export type Step =
  | { readonly do: 'run' }
  /** With the error of the gap; the visible table stays as it is. */
  | { readonly do: 'stop' }
  | { readonly do: 'record the gap and stop' }
  /** Without the lease, until there is a table of that name again (rule G1). */
  | { readonly do: 'wait for the table' }
  | { readonly do: 'go on'; readonly as: Phase }
  | { readonly do: 'refuse'; readonly because: string }
  /** A new generation. `new lease`: a table that was replaced may have another key. */
  | { readonly do: 'begin'; readonly reason: GenerationReason; readonly under: 'this lease' | 'new lease' };

const begin = (reason: GenerationReason, under: 'this lease' | 'new lease'): Step => ({
  do: 'begin',
  reason,
  under,
});

/** When the lease has been taken, and when a generation has begun. docs/ARCHITECTURE.md draws it. */
const WHEN_TAKEN: Readonly<Record<State, Step>> = {
  nothing: begin('first load', 'this lease'),
  load: { do: 'run' },
  stream: { do: 'run' },
  gap: { do: 'stop' },
};

const WHILE_RUNNING: Readonly<Record<Phase, Readonly<Record<Happening, Step>>>> = {
  load: {
    publish: { do: 'go on', as: 'stream' },
    // Before the publish nothing is lost by loading anew (rule G2).
    gap: begin('gap', 'this lease'),
    'table replaced': begin('table replaced', 'new lease'),
    'table gone': { do: 'wait for the table' },
    resync: begin('resync', 'new lease'),
  },
  stream: {
    publish: { do: 'refuse', because: 'it is not being loaded' },
    gap: { do: 'record the gap and stop' },
    'table replaced': begin('table replaced', 'new lease'),
    'table gone': { do: 'wait for the table' },
    resync: begin('resync', 'new lease'),
  },
};

export function stateOf(stored: PipelineState | undefined): State {
  if (stored === undefined) return 'nothing';
  return stored.checkpoint.gap === undefined ? stored.checkpoint.phase : 'gap';
}

/** @param wanted why a generation was to begin before the lease was taken: it begins under it, whatever is stored */
export function stepWhenTaken(state: State, wanted?: GenerationReason): Step {
  return wanted === undefined ? WHEN_TAKEN[state] : begin(wanted, 'this lease');
}

export function stepAfter(phase: Phase, happening: Happening): Step {
  return WHILE_RUNNING[phase][happening];
}
