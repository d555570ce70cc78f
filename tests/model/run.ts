import { Random } from '../../simulator/random';
import { Broken, Destination } from './destination';
import { Replicator, type Tally } from './replicator';
import { RULES, type Rules } from './rules';
import { Source } from './source';
import { DAY, HOUR, MINUTE, SECOND } from './times';

export interface Outcome {
  /** Which promise was broken, if any. */
  readonly broken: string | undefined;
  readonly tally: Tally;
}

/** The time between writes, at most and at least, ms. */
const TEMPOS: readonly (readonly [number, number])[] = [
  [0, 50],
  [100, 3 * SECOND],
  [SECOND, 40 * SECOND],
  [20 * SECOND, 10 * MINUTE],
  [MINUTE, 2 * HOUR],
];
const LEAPS = [
  20 * SECOND,
  MINUTE,
  2 * MINUTE,
  10 * MINUTE,
  10 * MINUTE,
  HOUR,
  5 * HOUR,
  12 * HOUR,
  22 * HOUR,
  26 * HOUR,
  50 * HOUR,
];

/** How long there is no table before another one is created. */
const ABSENCES = [0, 0, 10 * SECOND, 2 * MINUTE, 5 * HOUR, 30 * HOUR];

/**
 * A life of a table and of its replicator, drawn from one seed: crashes, zombies, stalls, splits, listings whose pages are
 * of different times and lack hidden shards, shards that leave at any time. In the end all is calm, and the replica must
 * equal the table.
 */
export function run(seed: number, weakened: Partial<Rules> = {}): Outcome {
  const tally: Tally = {
    goneBeforeS0: 0,
    readAgain: 0,
    disproved: 0,
    published: 0,
    resyncs: 0,
    unsettled: 0,
    gaps: new Map(),
  };
  try {
    new Life(seed, { ...RULES, ...weakened }, tally).live();
    return { broken: undefined, tally };
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { broken: error.message, tally };
  }
}

class Life {
  private readonly random: Random;
  private readonly source: Source;
  private readonly destination: Destination;
  private readonly processes: readonly [Replicator, Replicator];

  constructor(seed: number, rules: Rules, tally: Tally) {
    this.random = new Random(Math.imul(seed, 2654435761));
    this.source = new Source(this.random);
    this.destination = new Destination(this.source, rules.tombstones);
    const process = (number: 0 | 1) =>
      new Replicator(number, this.source, this.destination, rules, this.random, tally);
    this.processes = [process(0), process(1)];
  }

  /** @throws Broken */
  live(): void {
    const { random, source } = this;
    source.live(random.pick([0, HOUR, 23 * HOUR, 25 * HOUR, 30 * HOUR, 60 * HOUR]));
    this.waitForLeaving();
    let tempo = random.pick(TEMPOS);
    for (let steps = random.integer(150, 600); steps > 0; steps--) {
      if (random.chance(0.02)) tempo = random.pick(TEMPOS);
      const dice = random.next();
      source.comeBack();
      if (dice < 0.2) {
        source.now += random.integer(tempo[0], tempo[1]);
        source.write();
      } else if (dice < 0.23) source.table.stream.roll(random.chance(0.4));
      else if (dice < 0.24) this.leap();
      else if (dice < 0.242) this.waitForLeaving();
      else if (dice < 0.247) this.waitForExport();
      else if (dice < 0.2482) {
        source.table.stream.disable();
        source.live(random.integer(0, 3 * HOUR));
        source.enableAgain();
      } else if (dice < 0.249) {
        // Not drawn, so that other choices do not depend on it.
        source.replaceTable(ABSENCES[Math.floor(source.now / SECOND) % ABSENCES.length]!);
      } else {
        source.now += random.integer(0, random.chance(0.1) ? 30 * SECOND : 1_500);
        this.step(this.processes[random.chance(0.7) ? 0 : 1]);
      }
    }
    this.calmDown();
  }

  /** Passes time until shortly before a closed shard leaves, which may happen between two listings, or before it is read. */
  private waitForLeaving(): void {
    const { random, source } = this;
    const at = source.nextLeaveAt();
    if (!Number.isFinite(at) || at - source.now > DAY) return;
    source.live(Math.max(0, at - source.now - random.integer(0, 4 * MINUTE)));
  }

  private waitForExport(): void {
    const { phase, export: running } = this.destination.checkpoint;
    if (phase !== 'load' || !running) return;
    this.source.live(Math.max(0, running.completedAt - this.source.now));
  }

  private leap(): void {
    if (this.random.chance(0.5)) for (const process of this.processes) process.crash();
    this.source.live(this.random.pick(LEAPS));
  }

  private step(process: Replicator): void {
    const { random, source, processes } = this;
    if (source.isGivenUp) return process.crash();
    const other = processes.find((each) => each !== process)!;
    if (process.isAlive && !(source.calm && process.isFenced)) return process.step();
    process.crash();
    const mayStart = source.calm ? !other.isAlive : random.chance(other.isAlive ? 0.1 : 0.4);
    if (mayStart) process.start();
  }

  private calmDown(): void {
    const { random, source, destination, processes } = this;
    source.calm = true;
    source.comeBack();
    if (source.table.stream.disabledAt !== undefined) source.enableAgain();
    let equalFor = 0;
    for (let round = 0; round < 3_000; round++) {
      source.now += random.integer(SECOND, 8 * SECOND);
      const { phase, export: running, lineage } = destination.checkpoint;
      if (phase === 'load' && running && source.now < running.completedAt)
        source.now += random.integer(0, HOUR);
      for (const process of processes) this.step(process);
      const isFollowing = phase === 'stream' && lineage?.stream === source.table.stream;
      const isCurrent = isFollowing && lineage.watermark() > source.now - 5 * MINUTE;
      equalFor = isCurrent && destination.isEqual() ? equalFor + 1 : 0;
      if (equalFor > 25) return;
    }
    const { phase, lineage } = destination.checkpoint;
    const lag = lineage && phase === 'stream' ? source.now - lineage.watermark() : undefined;
    throw new Broken(
      lag !== undefined && lag < 5 * MINUTE ? 'the replica differs' : `stuck in phase ${phase}`,
    );
  }
}
