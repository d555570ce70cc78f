import type { Events } from './events';

/** Counts of a pipeline since the process started. */
export interface Counts {
  /** Stream records committed. */
  readonly recordsApplied: number;
  /** Rows of an export committed into the table. */
  readonly rowsLoaded: number;
  /** Items kept as dead letters. */
  readonly deadLetters: number;
}

const NONE: Counts = { recordsApplied: 0, rowsLoaded: 0, deadLetters: 0 };

/** Counts the events of every pipeline. */
export class Counters {
  private readonly counts = new Map<string, Counts>();

  constructor(events: Events) {
    const add = (pipeline: string, key: keyof Counts, more: number) => {
      const before = this.of(pipeline);
      this.counts.set(pipeline, { ...before, [key]: before[key] + more });
    };
    events.on('stream.batch', ({ pipeline, records }) => add(pipeline, 'recordsApplied', records));
    events.on('load.fileCommitted', ({ pipeline, role, items }) => {
      if (role === 'shadow') add(pipeline, 'rowsLoaded', items);
    });
    events.on('pipeline.deadLetter', ({ pipeline, count }) => add(pipeline, 'deadLetters', count));
  }

  of(pipeline: string): Counts {
    return this.counts.get(pipeline) ?? NONE;
  }
}
