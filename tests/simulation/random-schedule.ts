import assert from 'node:assert/strict';
import { GAP_RETRY_MS } from '../../runtime/replicator';
import { derivedRandom, type Random } from '../../simulator/random';
import { Invariants } from './invariants';
import { Mishaps } from './mishaps';
import { Outages } from './outages';
import { randomWorld } from './random-world';
import { ScheduledProcesses } from './scheduled-processes';
import type { Stage } from './stage';
import { DAY, HOUR, MINUTE, SECOND, type World } from './world';

/** In which everything must end well: a heal may have to wait for six hours after the last one. */
const CALM_HOURS = 20;
const HEALS_APART = 7 * HOUR;

/** What a schedule reached, to see what the seeds cover. */
export interface Reached {
  kills: number;
  zombies: number;
  publishes: number;
  heals: number;
  /** Published resyncs during which the visible table followed the stream. */
  resyncs: number;
  gaps: number;
  verifications: number;
}

/**
 * Runs one table and its replicators through a schedule drawn from the seed: crashes, zombies, splits, gaps, resyncs and more,
 * then calm. @throws AssertionError if anything is wrong on the way or in the end
 */
export async function runSchedule(seed: number, stage?: Stage): Promise<Reached> {
  const world = randomWorld(seed, stage);
  await stage?.open?.(world);
  try {
    return await new Schedule(seed, world).run();
  } finally {
    await stage?.close?.();
  }
}

const LEAPS = [20 * MINUTE, 5 * HOUR, 22 * HOUR, 23.5 * HOUR, 24 * HOUR, 26 * HOUR, 2 * DAY];
/** A process that is suspended for longer would only cost time. */
const LONGEST_FREEZE_MS = 3 * DAY;
/** How long a publish is waited for, and how often a process that ends meanwhile is followed by another. */
const USUAL = { longestMs: HOUR, restarts: 0 };
const UNTIL_HEALED = { longestMs: 3 * HOUR, restarts: 10 };
/** Each is a gap. Recovery reaches back 35 days, so that all but the longest can be healed. */
const LONG_LEAPS = [26 * HOUR, 3 * DAY, 8 * DAY, 34 * DAY];
const TOO_LONG_LEAPS = [40 * DAY];
/** While nobody reads; then one shard is stuck until it is a gap. */
const BEFORE_STUCK = [22 * HOUR, 22.5 * HOUR];
const STUCK_MS = 1.5 * HOUR;
const OFF = [10 * SECOND, 10 * MINUTE];
const LONG_OFF = [...OFF, 30 * HOUR];
/** What a heal calls, and nothing else does as often. */
const DENIABLE = [
  'BatchGetItem',
  'BatchGetItem',
  'ExportTableToPointInTime',
  'DescribeExport',
  'GetObject',
] as const;

class Schedule {
  private readonly random: Random;
  private readonly healing: Random;
  private readonly resyncing: Random;
  private readonly invariants: Invariants;
  private readonly mishaps: Mishaps;
  private readonly outages: Outages;
  private readonly processes: ScheduledProcesses;

  constructor(
    seed: number,
    private readonly world: World,
  ) {
    this.random = derivedRandom(seed, 'schedule');
    this.healing = derivedRandom(seed, 'falling behind');
    this.resyncing = derivedRandom(seed, 'resyncs');
    this.invariants = new Invariants(this.world);
    this.mishaps = new Mishaps(this.world, this.random, this.random.pick([0, 0.01, 0.05]));
    this.outages = new Outages(this.world);
    const { mishaps, outages, invariants } = this;
    this.processes = new ScheduledProcesses(this.world, this.random, { mishaps, outages, invariants });
  }

  private get heals(): boolean {
    return this.world.settings.onGap === 'heal';
  }

  async run(): Promise<Reached> {
    const { random, world } = this;
    await world.prepare(random.integer(0, 10) * MINUTE);
    for (let writes = random.integer(0, 8); writes > 0; writes--) world.write();
    if (this.heals && this.healing.chance(0.9)) {
      await this.untilPublished(UNTIL_HEALED);
      await this.fallBehind();
      if (this.healing.chance(0.8)) await this.untilHealed();
    }
    const mostSteps = world.stage.isSlow ? 15 : 40;
    for (let steps = random.integer(10, mostSteps); steps > 0; steps--) {
      await this.step();
      this.processes.requireUnbroken();
    }
    await this.calmDown();
    // Few schedules run on a real database, so that each counts.
    if (this.heals && world.stage.isSlow && world.heardOf('pipeline.healed').length === 0) {
      await this.leap([26 * HOUR]);
      await this.calmDown();
    }
    if (random.chance(0.2)) await this.verifyAtLast();
    await this.endScheduled();
    this.invariants.checkEnd(this.processes.areVerifying);
    await this.processes.stop();
    const ends = world
      .heardOf('pipeline.phase')
      .filter(({ phase }) => phase === 'publish' || phase === 'stream');
    return {
      ...this.processes.counts,
      publishes: world.heardOf('pipeline.published').length,
      heals: world.heardOf('pipeline.healed').length,
      resyncs: ends.filter(({ follows }, i) => follows === true && ends[i + 1]?.phase === 'stream').length,
    };
  }

  private async step(): Promise<void> {
    const { healing, random, resyncing, world } = this;
    if (world.phase === 'stream' && resyncing.chance(0.06)) return this.reload();
    if (this.heals && world.phase === 'stream' && healing.chance(world.stage.isSlow ? 0.03 : 0.08)) {
      if (healing.chance(0.2)) await this.leap(TOO_LONG_LEAPS);
      else await this.fallBehind();
      if (healing.chance(0.8)) return this.untilHealed();
      return;
    }
    if (healing.chance(0.05)) return this.breakDown();
    const dice = random.integer(0, 100);
    if (dice < 30) return this.pass(random.pick([2 * SECOND, 20 * SECOND, 2 * MINUTE, 10 * MINUTE]));
    if (dice < 40) return this.untilPublished();
    if (dice < 50) return this.burst();
    if (dice < 56) return world.rollover();
    if (dice < 62) return world.simulator.split(world.tableName);
    if (dice < 70) return this.processes.killOne();
    if (dice < 78) return this.processes.start();
    if (dice < 82) return this.processes.freezeOne();
    if (dice < 86) return this.processes.thawAll();
    if (dice < 89) return this.mishaps.unavailable(random.pick([10 * SECOND, 5 * MINUTE, 30 * MINUTE]));
    if (dice < 93) return this.leap(LEAPS);
    if (dice < 94) return this.replaceStream();
    if (dice < 95) return world.replaceTable();
    if (dice < 98) return this.processes.resync();
    return this.processes.verify();
  }

  private async pass(ms: number): Promise<void> {
    const { random, world } = this;
    const end = world.clock.now() + ms;
    while (world.clock.now() < end) {
      await world.clock.advance(
        Math.min(end - world.clock.now(), random.integer(1, Math.max(2, Math.floor(ms / 3)))),
      );
      if (random.chance(0.8)) world.write();
    }
  }

  private async burst(): Promise<void> {
    for (let writes = this.random.integer(5, 20); writes > 0; writes--) {
      await this.world.clock.advance(this.random.integer(0, 600));
      this.world.write();
    }
  }

  /** Lets time pass until the table is visible and followed, or until that has taken too long. */
  private untilPublished(patience = USUAL): Promise<void> {
    const { world } = this;
    return this.passUntil(() => world.phase === 'stream' && world.checkpoint?.gap === undefined, patience);
  }

  /** Lets time pass until a process has found the gap and closed it, or until that has taken too long. */
  private untilHealed(patience = UNTIL_HEALED): Promise<void> {
    const publishes = () => this.world.heardOf('pipeline.published').length;
    const before = publishes();
    return this.passUntil(
      () => publishes() > before,
      patience,
      () => {
        if (this.healing.chance(0.01)) this.breakDown();
      },
    );
  }

  private async passUntil(
    holds: () => boolean,
    { longestMs, restarts }: typeof USUAL,
    meanwhile?: () => void,
  ): Promise<void> {
    const { processes, world } = this;
    if (!processes.areRunning) processes.start();
    const end = world.clock.now() + longestMs;
    for (let starts = 0; !holds() && world.clock.now() < end && !processes.areBroken; ) {
      await this.pass(world.stage.isSlow ? 2 * MINUTE : 30 * SECOND);
      meanwhile?.();
      if (processes.areRunning) continue;
      if (starts++ === restarts) return;
      processes.start();
    }
  }

  /** A gap while the table is visible. */
  private fallBehind(): Promise<void> {
    switch (this.healing.pick(['leap', 'leap', 'leap', 'another stream', 'another stream', 'stuck shard'])) {
      case 'another stream':
        return this.replaceStream(LONG_OFF);
      case 'stuck shard':
        return this.fallBehindOneShard();
      default:
        return this.leap(LONG_LEAPS);
    }
  }

  /** All shards but one are read in time. */
  private async fallBehindOneShard(): Promise<void> {
    const { healing, outages, world } = this;
    const shard = healing.pick(world.simulator.openShards(world.tableName));
    await this.leap(BEFORE_STUCK);
    outages.stick(shard, STUCK_MS);
    this.processes.start();
    await this.pass(STUCK_MS);
  }

  /** A permission is taken away, or an export is lost. */
  private breakDown(): void {
    const { healing, outages } = this;
    const dice = healing.integer(0, 10);
    if (dice < 7) return outages.deny(healing.pick(DENIABLE), healing.pick([MINUTE, 30 * MINUTE, 2 * HOUR]));
    if (dice === 7) return outages.failNextExport();
    const arns = this.exportsUnderWay();
    if (arns.length > 0) outages.expire(healing.pick(arns));
  }

  private exportsUnderWay(): readonly string[] {
    const { export: full, heal } = this.world.checkpoint ?? {};
    return [full?.arn, ...(heal?.windows ?? []).map(({ arn }) => arn)].filter((arn) => arn !== undefined);
  }

  /** A long time in which no process runs. */
  private async leap(lengths: readonly number[]): Promise<void> {
    const { random, world } = this;
    const ms = random.pick(lengths);
    const isCrash = random.chance(0.5) || ms > LONGEST_FREEZE_MS;
    this.processes.suspend(isCrash);
    for (let parts = random.integer(2, 8), part = Math.round(ms / parts); parts > 0; parts--) {
      await this.pass(part);
      if (random.chance(0.5)) world.rollover();
    }
    this.processes.thawAll();
  }

  private async replaceStream(lengths = OFF): Promise<void> {
    const { healing, random, world } = this;
    world.setStream(false);
    await this.pass(random.pick(lengths));
    world.viewType = healing.pick(['NEW_IMAGE', 'NEW_AND_OLD_IMAGES']);
    world.setStream(true);
    await world.clock.advance(10 * SECOND);
  }

  /** A resync of a table that follows, and at any instant of it something else. */
  private async reload(): Promise<void> {
    const { resyncing } = this;
    if (resyncing.chance(0.2)) this.processes.verify();
    this.processes.resync();
    await this.pass(resyncing.pick([SECOND, 20 * SECOND, 2 * MINUTE, 10 * MINUTE]));
    const dice = resyncing.integer(0, 100);
    if (dice < 20) this.processes.resync();
    else if (dice < 35) this.processes.killOne();
    else if (dice < 45) await this.leap(LEAPS);
    else if (dice < 55) this.processes.verify();
    if (resyncing.chance(0.6)) await this.untilPublished();
  }

  private async verifyAtLast(): Promise<void> {
    const { counts } = this.processes;
    const before = counts.verifications;
    // The export of the first one may be what an outage was to spoil, and a process that waits at a gap verifies nothing until it has
    // looked whether another one has closed it.
    for (let tries = 0; tries < 4 && counts.verifications === before; tries++) {
      if (tries > 0) await this.world.clock.advance(GAP_RETRY_MS);
      this.processes.verify(1);
      await this.world.until(() => !this.processes.areVerifying || this.processes.areBroken, 4 * HOUR);
      this.processes.requireUnbroken();
    }
    assert(counts.verifications > before, 'no verify had a result');
  }

  private async calmDown(): Promise<void> {
    const { world } = this;
    this.mishaps.calm();
    this.processes.thawAll();
    for (let writes = 0; writes < 10; writes++) {
      this.processes.start();
      world.write();
      await world.clock.advance(4 * SECOND);
    }
    const target = world.clock.now();
    const end = target + CALM_HOURS * HOUR;
    while (world.phase !== 'stream' || world.checkpoint!.graph.watermark <= target) {
      assert(
        world.clock.now() < end,
        `not caught up after ${CALM_HOURS} calm hours, in phase ${world.phase}`,
      );
      this.processes.start();
      // Too many heals, or recovery that does not reach back: it waits for a resync.
      if (world.checkpoint?.gap !== undefined && world.clock.now() > target + HEALS_APART)
        this.processes.resync();
      await world.clock.advance(20 * SECOND);
      this.processes.requireUnbroken();
    }
  }

  /** A scheduled verify may be running at any time, but removes everything when it ends. */
  private async endScheduled(): Promise<void> {
    const { settings, stage } = this.world;
    if (settings.verify.every === undefined) return;
    await this.world.until(() => !stage.hasVerify(), 4 * HOUR, 'V3: nothing is left of a verify');
    this.processes.requireUnbroken();
  }
}
