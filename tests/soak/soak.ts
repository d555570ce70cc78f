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
}

export interface Failure {
  readonly turn: Turn;
  /** The command that runs it again. */
  readonly command: string;
}

/** Which seeds have run, which are running, and which comes next. */
export class Soak {
  readonly failures: Failure[] = [];
  private readonly spent = new Map<string, Spent>();
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

  ended(turn: Turn, { ms, failed, skipped }: Ended): void {
    this.running.splice(this.running.indexOf(turn), 1);
    const { name } = turn.part;
    if (skipped) this.unable.add(name);
    else {
      const { seeds, ms: before } = this.spent.get(name) ?? NOTHING;
      this.spent.set(name, { seeds: seeds + 1, ms: before + ms });
    }
    if (failed) this.failures.push({ turn, command: again(turn) });
  }

  /** One line for each part. */
  table(): string {
    const rows = this.parts.map(({ name, what }) => {
      const { seeds, ms } = this.spent.get(name) ?? NOTHING;
      const failed = this.failures.filter(({ turn }) => turn.part.name === name).length;
      const note = this.unable.has(name) ? ' (cannot be run here)' : failed > 0 ? ` (${failed} FAILED)` : '';
      return `${String(seeds).padStart(7)} ${(ms / 60_000).toFixed(1).padStart(8)}  ${name.padEnd(22)}${what}${note}`;
    });
    return ['  seeds  minutes  part', ...rows].join('\n');
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

  private left({ name, complete }: Part): number {
    return (this.flags.complete ? complete.seeds : this.flags.seeds) - (this.begun.get(name) ?? 0);
  }
}

/** The command that runs one seed of a part alone. */
export function again({ part, seed, size }: Turn): string {
  const command = `npm run soak -- --only ${part.name} --seed ${seed} --seeds 1`;
  return size === (part.size ?? 1) ? command : `SIZE=${size} ${command}`;
}
