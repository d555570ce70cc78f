import type { Checkpoint, GenerationReason, PipelineState } from './checkpoint';

/** Whether a generation loads a whole table, heals a gap, or follows. */
export type Phase = Checkpoint['phase'] | 'heal';

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
  | 'resync'
  /** AWS no longer has an export of which something may be loaded, or an incremental one failed (rules P1, G3). */
  | 'export lost'
  /** The load of a resync failed while its table follows the stream (rule P3). */
  | 'resync failed';

/** What a pipeline does next. */
export type Step =
  | { readonly do: 'run' }
  /** With the obstacle as its error. The visible table stays unchanged. */
  | { readonly do: 'stop' }
  /** A gap is recorded: heal it, load the table, or stop, as `onGap` says (rule G3). The visible table stays unchanged. */
  | { readonly do: 'close the gap' }
  /** Then what `onGap` says: rule G3. */
  | { readonly do: 'record the gap' }
  /** The visible table, which follows the stream, stays the one that is published. */
  | { readonly do: 'abandon the load' }
  /** Without the lease, until a table of that name can be loaded (rule G1). */
  | { readonly do: 'wait for the table' }
  | { readonly do: 'continue'; readonly as: Checkpoint['phase'] }
  | { readonly do: 'refuse'; readonly because: string }
  /** Starts a generation. `new lease`: a replaced table may have another key. */
  | { readonly do: 'begin'; readonly reason: GenerationReason; readonly under: 'this lease' | 'new lease' };

/** What a pipeline finds stored before it takes the lease. */
export type Stored = 'nothing' | 'its table' | 'an earlier table';

/** What keeps a pipeline from beginning. */
export type Obstacle =
  /** The table does not exist. */
  | 'table gone'
  /** The table lacks its stream or point-in-time recovery, or is too new for all of AWS to know it. */
  | 'table unfit'
  /** The destination still has the table of an earlier source table with another key. */
  | 'another key';

const begin = (reason: GenerationReason, under: 'this lease' | 'new lease'): Step => ({
  do: 'begin',
  reason,
  under,
});

/** After the lease was taken, and after a generation has begun. docs/ARCHITECTURE.md has a diagram. */
const WHEN_TAKEN: Readonly<Record<State, Step>> = {
  nothing: begin('first load', 'this lease'),
  load: { do: 'run' },
  heal: { do: 'run' },
  stream: { do: 'run' },
  gap: { do: 'close the gap' },
};

const WHILE_RUNNING: Readonly<Record<Phase, Readonly<Record<Happening, Step>>>> = {
  load: {
    publish: { do: 'continue', as: 'stream' },
    // Before the publish, reloading loses nothing (rule G2).
    gap: begin('gap', 'this lease'),
    'table replaced': begin('table replaced', 'new lease'),
    'table gone': { do: 'wait for the table' },
    resync: begin('resync', 'new lease'),
    // Another export beside the loaded files would contradict them.
    'export lost': begin('gap', 'this lease'),
    'resync failed': { do: 'abandon the load' },
  },
  heal: {
    publish: { do: 'continue', as: 'stream' },
    gap: { do: 'record the gap' },
    'table replaced': begin('table replaced', 'new lease'),
    'table gone': { do: 'wait for the table' },
    resync: begin('resync', 'new lease'),
    // Lines of other windows may be staged already: they would contradict the new ones.
    'export lost': { do: 'record the gap' },
    'resync failed': { do: 'refuse', because: 'a heal is no resync' },
  },
  stream: {
    publish: { do: 'refuse', because: 'it is not being loaded' },
    gap: { do: 'record the gap' },
    'table replaced': begin('table replaced', 'new lease'),
    'table gone': { do: 'wait for the table' },
    resync: begin('resync', 'new lease'),
    'export lost': { do: 'refuse', because: 'it is not being loaded' },
    'resync failed': { do: 'refuse', because: 'it is not being loaded' },
  },
};

/** Rule G1: without a table that was replicated, nothing is stopped for good. */
const BEFORE_THE_LEASE: Readonly<Record<Stored, Readonly<Record<Obstacle, Step>>>> = {
  nothing: {
    'table gone': { do: 'stop' },
    'table unfit': { do: 'stop' },
    'another key': { do: 'stop' },
  },
  'its table': {
    'table gone': { do: 'wait for the table' },
    'table unfit': { do: 'stop' },
    'another key': { do: 'stop' },
  },
  'an earlier table': {
    'table gone': { do: 'wait for the table' },
    'table unfit': { do: 'wait for the table' },
    'another key': { do: 'wait for the table' },
  },
};

export function stateOf(stored: PipelineState | undefined): State {
  if (stored === undefined) return 'nothing';
  return stored.checkpoint.gap === undefined ? phaseOf(stored.checkpoint) : 'gap';
}

/** Whether the generation of a checkpoint loads, heals or follows. */
export function phaseOf({ phase, reason }: Pick<Checkpoint, 'phase' | 'reason'>): Phase {
  return phase === 'load' && reason === 'heal' ? 'heal' : phase;
}

/**
 * @param wanted why a generation was wanted before the lease was taken: it begins under this lease, unless another process has closed the gap
 * for which it was wanted
 */
export function stepWhenTaken(state: State, wanted?: GenerationReason): Step {
  const isMoot = (wanted === 'heal' && state !== 'gap') || (wanted === 'gap' && state === 'stream');
  return wanted === undefined || isMoot ? WHEN_TAKEN[state] : begin(wanted, 'this lease');
}

/** What a pipeline does that could not take the lease, or lost its table under it. */
export function stepWhenKept(stored: Stored, obstacle: Obstacle): Step {
  return BEFORE_THE_LEASE[stored][obstacle];
}

export function stepAfter(phase: Phase, happening: Happening): Step {
  return WHILE_RUNNING[phase][happening];
}
