import type { Flags } from './flags';
import type { Part } from './parts';
import { nextPart, NOTHING, type Spent } from './turns';

/** One seed of a part. */
export interface Turn {
  readonly part: Part;
  readonly seed: number;
  readonly size: number;
}

/** How it ended. */
export interface Ended {
  readonly ms: number;
  readonly failed: boolean;
  /** It cannot be run here. */
  readonly skipped: boolean;
  /** How often the seed reached something, by its name. */
  readonly figures?: Readonly<Record<string, number>>;
}

/** With fewer seeds, a goal may be missed by chance. */
const ENOUGH_SEEDS = 50;

export interface Failure {
  readonly turn: Turn;
  /** The command that runs it again. */
  readonly command: string;
}

/** Which seeds have run, which are running, and which comes next. */
export class Soak {
  readonly failures: Failure[] = [];
  private readonly spent = new Map<string, Spent>();
  /** Part → number of seeds that reached its goal's figure. */
  private readonly reached = new Map<string, number>();
  private readonly begun = new Map<string, number>();
  private readonly running: Turn[] = [];
  private readonly unable = new Set<string>();

  constructor(
    readonly parts: readonly Part[],
    private readonly flags: Flags,
  ) {}

  /** The next turn; `undefined` when all seeds are taken. */
  next(): Turn | undefined {
    const open = this.parts.filter((part) => !this.unable.has(part.name) && this.left(part) > 0);
    const name = nextPart(
      open.map((part) => part.name),
      this.spent,
      this.running.map(({ part }) => part.name),
    );
    const part = open.find((one) => one.name === name);
    if (part === undefined) return undefined;
    const { complete, seed } = this.flags;
    const at = this.begun.get(part.name) ?? 0;
    this.begun.set(part.name, at + 1);
    const turn: Turn = {
      part,
      seed: (complete ? 1 : seed) + at,
      size: this.flags.size ?? (complete ? part.complete.size : part.size) ?? 1,
    };
    this.running.push(turn);
    return turn;
  }

  ended(turn: Turn, { ms, failed, skipped, figures = {} }: Ended): void {
    this.running.splice(this.running.indexOf(turn), 1);
    const { goal, name } = turn.part;
    if (goal !== undefined && (figures[goal.figure] ?? 0) > 0)
      this.reached.set(name, (this.reached.get(name) ?? 0) + 1);
    if (skipped) this.unable.add(name);
    else {
      const { seeds, ms: before } = this.spent.get(name) ?? NOTHING;
      this.spent.set(name, { seeds: seeds + 1, ms: before + ms });
    }
    if (failed) this.failures.push({ turn, command: again(turn) });
  }

  /** One line for each part. */
  table(): string {
    const rows = this.parts.map((part) => {
      const { name, what } = part;
      const { seeds, ms } = this.spent.get(name) ?? NOTHING;
      const failed = this.failures.filter(({ turn }) => turn.part.name === name).length;
      const outcome = this.unable.has(name)
        ? ' (cannot be run here)'
        : failed > 0
          ? ` (${failed} FAILED)`
          : '';
      const note = `${this.progressOf(part)}${outcome}`;
      return `${String(seeds).padStart(7)} ${(ms / 60_000).toFixed(1).padStart(8)}  ${name.padEnd(22)}${what}${note}`;
    });
    return ['  seeds  minutes  part', ...rows].join('\n');
  }

  /** The parts of which too few seeds reached their goal, in sentences. */
  get missed(): readonly string[] {
    return this.parts.flatMap(({ goal, name }) => {
      const { seeds } = this.spent.get(name) ?? NOTHING;
      const reached = this.reached.get(name) ?? 0;
      if (goal === undefined || seeds < ENOUGH_SEEDS || reached >= goal.share * seeds) return [];
      const needed = Math.ceil(goal.share * seeds);
      return [`${name}: ${reached} of ${seeds} seeds ${goal.figure}; at least ${needed} should have`];
    });
  }

  /** Number of seeds that have run. */
  get seeds(): number {
    return [...this.spent.values()].reduce((sum, { seeds }) => sum + seeds, 0);
  }

  get passed(): number {
    return this.seeds - this.failures.length;
  }

  /** Fails the seeds that are running, and returns their number. */
  giveUp(): number {
    const given = [...this.running];
    for (const turn of given) this.ended(turn, { ms: 0, failed: true, skipped: false });
    return given.length;
  }

  private progressOf({ goal, name }: Part): string {
    const { seeds } = this.spent.get(name) ?? NOTHING;
    return goal === undefined || seeds === 0 ? '' : `; ${this.reached.get(name) ?? 0} ${goal.figure}`;
  }

  private left({ name, complete }: Part): number {
    return (this.flags.complete ? complete.seeds : this.flags.seeds) - (this.begun.get(name) ?? 0);
  }
}

/** The command that runs one seed of a part alone. */
export function again({ part, seed, size }: Turn): string {
  const command = `npm run soak -- --only ${part.name} --seed ${seed} --seeds 1`;
  return size === (part.size ?? 1) ? command : `SIZE=${size} ${command}`;
}
