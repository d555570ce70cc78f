import type { Checkpoint, GenerationReason, PipelineState } from './checkpoint';

/** Whether a generation loads or follows. */
type Phase = Checkpoint['phase'];

/** A pipeline's state by its checkpoint. `nothing`: no checkpoint yet; `gap`: blocked by a recorded gap. */
export type State = 'nothing' | Phase | 'gap';

/** What can happen to a running generation. */
export type Happening =
  /** Its export is loaded, and the stream has passed it (rule P2). */
  | 'publish'
  /** Stream records are lost (rule G1). */
  | 'gap'
  /** The source is another table of the same name, or the stored state is gone. */
  | 'table replaced'
  /** The table no longer exists. */
  | 'table gone'
  /** A user requested a new generation. */
  | 'resync';

/** What a pipeline does next. */
export type Step =
  | { readonly do: 'run' }
  /** With the gap as its error. The visible table stays unchanged. */
  | { readonly do: 'stop' }
  | { readonly do: 'record the gap and stop' }
  /** Without the lease, until a table of that name exists again (rule G1). */
  | { readonly do: 'wait for the table' }
  | { readonly do: 'continue'; readonly as: Phase }
  | { readonly do: 'refuse'; readonly because: string }
  /** Starts a generation. `new lease`: a replaced table may have another key. */
  | { readonly do: 'begin'; readonly reason: GenerationReason; readonly under: 'this lease' | 'new lease' };

const begin = (reason: GenerationReason, under: 'this lease' | 'new lease'): Step => ({
  do: 'begin',
  reason,
  under,
});

/** After the lease was taken, and after a generation has begun. docs/ARCHITECTURE.md has a diagram. */
const WHEN_TAKEN: Readonly<Record<State, Step>> = {
  nothing: begin('first load', 'this lease'),
  load: { do: 'run' },
  stream: { do: 'run' },
  gap: { do: 'stop' },
};

const WHILE_RUNNING: Readonly<Record<Phase, Readonly<Record<Happening, Step>>>> = {
  load: {
    publish: { do: 'continue', as: 'stream' },
    // Before the publish, reloading loses nothing (rule G2).
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

/** @param wanted why a generation was wanted before the lease was taken: it begins under this lease, whatever is stored */
export function stepWhenTaken(state: State, wanted?: GenerationReason): Step {
  return wanted === undefined ? WHEN_TAKEN[state] : begin(wanted, 'this lease');
}

export function stepAfter(phase: Phase, happening: Happening): Step {
  return WHILE_RUNNING[phase][happening];
}
