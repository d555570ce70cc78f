import { Random } from '../../simulator/random';
import { Broken, Destination } from './destination';
import { type Habits, Replicator, type Tally } from './replicator';
import type { Rules } from './rules';
import { Source } from './source';
import { DAY, HOUR, MINUTE, SECOND } from './times';

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

/** A life of a table and its replicator, drawn from one seed. */
export class Life {
  protected readonly random: Random;
  protected readonly source: Source;
  protected readonly destination: Destination;
  protected readonly processes: readonly [Replicator, Replicator];
  protected readonly longestWindowMs: number;
  private tempo: readonly [number, number];

  constructor(seed: number, rules: Rules, tally: Tally, habits: Habits) {
    this.random = new Random(Math.imul(seed, 2654435761));
    this.source = new Source(this.random, habits.heals);
    this.destination = new Destination(this.source, rules);
    const process = (number: 0 | 1) =>
      new Replicator(number, this.source, this.destination, rules, this.random, tally, habits);
    this.processes = [process(0), process(1)];
    this.longestWindowMs = habits.longestWindowMs;
    this.tempo = TEMPOS[0]!;
  }

  /** @throws Broken */
  live(): void {
    const { random, source } = this;
    source.live(random.pick([0, HOUR, 23 * HOUR, 25 * HOUR, 30 * HOUR, 60 * HOUR]));
    this.waitForLeaving();
    this.tempo = random.pick(TEMPOS);
    for (let steps = random.integer(150, 600); steps > 0; steps--) this.happen();
    this.calmDown();
  }

  /** Anything: a write, a split, time, a crash, another stream or table, or mostly a step of a process. */
  protected happen(): void {
    const { random, source } = this;
    if (random.chance(0.02)) this.tempo = random.pick(TEMPOS);
    const dice = random.next();
    source.comeBack();
    this.dropMisfit();
    if (dice < 0.2) {
      source.now += random.integer(this.tempo[0], this.tempo[1]);
      source.write();
    } else if (dice < 0.23) source.table.stream.roll(random.chance(0.4));
    else if (dice < 0.24) this.leap();
    else if (dice < 0.242) this.waitForLeaving();
    else if (dice < 0.247) this.waitForExport();
    else if (dice < 0.2482) {
      this.turnOff(0.5);
    } else if (dice < 0.249) {
      // Not drawn, so that other choices do not depend on it.
      source.replaceTable(ABSENCES[Math.floor(source.now / SECOND) % ABSENCES.length]!);
    } else {
      source.now += random.integer(0, random.chance(0.1) ? 30 * SECOND : 1_500);
      this.step(this.processes[random.chance(0.7) ? 0 : 1]);
    }
  }

  /**
   * The stream is off for a while, in which the replicator is away or runs on.
   * @param busy how likely a write is at each of several times while it is away
   */
  protected turnOff(busy: number): void {
    const { random, source, processes } = this;
    source.table.stream.disable();
    // Not drawn, so that other choices do not depend on it.
    if (Math.floor(source.now / SECOND) % 2 === 0) source.live(random.integer(0, 3 * HOUR), busy);
    else {
      for (let steps = random.integer(0, 300); steps > 0; steps--) {
        source.now += random.integer(0, 4 * SECOND);
        if (random.chance(0.02)) source.write();
        this.step(random.pick(processes));
      }
    }
    source.enableAgain();
  }

  /** Passes time until shortly before a closed shard leaves, which may happen between two listings, or before it is read. */
  protected waitForLeaving(): void {
    const { random, source } = this;
    const at = source.nextLeaveAt();
    if (!Number.isFinite(at) || at - source.now > DAY) return;
    source.live(Math.max(0, at - source.now - random.integer(0, 4 * MINUTE)));
  }

  protected waitForExport(): void {
    const completedAt = this.exportsEnd();
    if (completedAt !== undefined) this.source.live(Math.max(0, completedAt - this.source.now));
  }

  /** When the exports that the replicator waits for are complete. */
  private exportsEnd(): number | undefined {
    const { phase, export: running, heal, incrementals } = this.destination.checkpoint;
    if (phase === 'load') return running?.completedAt;
    if (phase !== 'heal' || !heal || incrementals.length < heal.windows.length) return undefined;
    return Math.max(...incrementals.map(({ completedAt }) => completedAt));
  }

  /** Sooner or later somebody drops a visible table that is in the way. */
  protected dropMisfit(): void {
    const { source, destination } = this;
    const isTime = source.calm || Math.floor(source.now / MINUTE) % 7 === 0;
    if (isTime && destination.isInTheWay) destination.dropVisible();
  }

  private leap(): void {
    if (this.random.chance(0.5)) for (const process of this.processes) process.crash();
    this.source.live(this.random.pick(LEAPS));
  }

  protected step(process: Replicator): void {
    const { random, source, processes } = this;
    if (source.isGivenUp) return process.crash();
    const other = processes.find((each) => each !== process)!;
    if (process.isAlive && !(source.calm && process.isFenced)) return process.step();
    process.crash();
    const mayStart = source.calm ? !other.isAlive : random.chance(other.isAlive ? 0.1 : 0.4);
    if (mayStart) process.start();
  }

  protected calmDown(): void {
    const { random, source, destination, processes } = this;
    source.calm = true;
    source.comeBack();
    if (source.table.stream.disabledAt !== undefined) source.enableAgain();
    let equalFor = 0;
    for (let round = 0; round < 6_000; round++) {
      source.now += random.integer(SECOND, 8 * SECOND);
      const { phase, lineage } = destination.checkpoint;
      const completedAt = this.exportsEnd();
      if (completedAt !== undefined && source.now < completedAt) source.now += random.integer(0, HOUR);
      this.dropMisfit();
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
