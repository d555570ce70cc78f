import assert from 'node:assert/strict';
import { LeaseLost } from '../../runtime/destinations/errors';
import { GapNotHealed } from '../../runtime/pipeline/heal/close-gap';
import { CutShort, VerifyFailed } from '../../runtime/pipeline/requests';
import { StreamDisabled } from '../../runtime/pipeline/source';
import { TableReplaced } from '../../runtime/pipeline/source-watch';
import { Gap } from '../../runtime/stream/gap';
import type { Random } from '../../simulator/random';
import type { Disturbance } from './disturbed-destination';
import type { Invariants } from './invariants';
import type { Mishaps } from './mishaps';
import type { Outages } from './outages';
import type { Process } from './process';
import type { World } from './world';

/** What can go wrong around the processes, and what never may. */
interface Around {
  readonly mishaps: Mishaps;
  readonly outages: Outages;
  readonly invariants: Invariants;
}

/** The replicators of a schedule. They are started, killed, suspended and asked for something; what goes wrong in one is kept. */
export class ScheduledProcesses {
  readonly counts = { kills: 0, zombies: 0, gaps: 0, verifications: 0 };
  /** The last one holds the lease, as far as is known. */
  private all: Process[] = [];
  /** Number of verifications that have not ended. */
  private verifying = 0;
  private broken: unknown;
  private readonly mishaps: Mishaps;
  private readonly outages: Outages;
  private readonly invariants: Invariants;

  constructor(
    private readonly world: World,
    private readonly random: Random,
    { mishaps, outages, invariants }: Around,
  ) {
    this.mishaps = mishaps;
    this.outages = outages;
    this.invariants = invariants;
  }

  get areRunning(): boolean {
    return this.all.some((process) => process.isAlive);
  }

  get areVerifying(): boolean {
    return this.verifying > 0;
  }

  get areBroken(): boolean {
    return this.broken !== undefined;
  }

  private get heals(): boolean {
    return this.world.settings.onGap === 'heal';
  }

  /** Whoever runs stops running: killed, or suspended until `thawAll`. */
  suspend(isCrash: boolean): void {
    for (const process of this.all.filter((each) => each.isAlive)) {
      if (isCrash) this.kill(process);
      else process.freeze();
    }
  }

  async stop(): Promise<void> {
    for (const process of this.all) await this.world.clock.run(process.stop());
  }

  start(): void {
    this.all = this.all.filter((process) => process.isAlive);
    if (this.all.some((process) => !process.isFrozen)) return;
    // Without a resync it must heal the gap, or stop at it again.
    const resync = this.world.checkpoint?.gap !== undefined && this.random.chance(this.heals ? 0.1 : 0.8);
    const process: Process = this.world.start({
      resync,
      disturbance: this.disturbance(() => this.kill(process)),
    });
    this.all.push(process);
    process.outcome.then(
      ({ failed }) => this.ended(process, failed[0]?.error),
      (error: unknown) => (this.broken = error),
    );
  }

  private disturbance(kill: () => void): Disturbance {
    const mishaps = this.mishaps.around(kill);
    return {
      before: mishaps.before,
      kill: () => {
        if (!this.mishaps.isCalm) kill();
      },
      after: (step) => {
        const committed = this.world.stage.committed?.(this.world, step);
        if (!committed) return this.check(step, mishaps);
        return committed.then(() => this.check(step, mishaps));
      },
    };
  }

  private check(step: string, mishaps: Disturbance): void | Promise<void> {
    try {
      this.invariants.check(step);
    } catch (error) {
      this.broken ??= error;
    }
    return mishaps.after?.(step);
  }

  private ended(process: Process, error: Error | undefined): void {
    if (process.wasKilled || error === undefined || error instanceof LeaseLost) return;
    // The schedule turns it off for a while: a process that starts then reports it, and starts again.
    if (error instanceof StreamDisabled) return;
    if (this.outages.explains(error)) return;
    if (!(error instanceof Gap || error instanceof GapNotHealed)) {
      this.broken ??= new assert.AssertionError({ message: `a process stopped with ${error.stack}` });
      return;
    }
    this.counts.gaps += 1;
  }

  private kill(process: Process): void {
    if (!process.isAlive) return;
    const victims = this.world.stage.killed?.() === 'all' ? this.all : [process];
    for (const victim of victims) victim.kill();
    this.counts.kills += 1;
  }

  killOne(): void {
    const alive = this.all.filter((process) => process.isAlive);
    if (alive.length > 0) this.kill(this.random.pick(alive));
  }

  freezeOne(): void {
    this.all.findLast((process) => process.isAlive)?.freeze();
    if (this.random.chance(0.7)) this.start();
    this.counts.zombies += 1;
  }

  thawAll(): void {
    for (const process of this.all) process.thaw();
  }

  resync(): void {
    const process = this.all.findLast((each) => each.isAlive);
    process?.replicator.resync(this.world.tableName).catch(() => undefined);
  }

  /** @param sample by default, every second one compares a part */
  verify(sample = this.counts.verifications % 2 === 0 ? 1 : 0.4): void {
    const process = this.all.findLast((each) => each.isAlive);
    if (process === undefined) return;
    this.verifying += 1;
    process.replicator.verify(this.world.tableName, sample).then(
      ({ differences, examples }) => {
        this.verifying -= 1;
        this.counts.verifications += 1;
        if (differences === 0) return;
        this.broken ??= new assert.AssertionError({ message: `verify found ${JSON.stringify(examples)}` });
      },
      (error: unknown) => {
        this.verifying -= 1;
        if (error instanceof CutShort || this.mayFail(error)) return;
        const why = error instanceof Error ? error.stack : String(error);
        this.broken ??= new assert.AssertionError({ message: `a verify failed with ${why}` });
      },
    );
  }

  private mayFail(verify: unknown): boolean {
    if (!(verify instanceof VerifyFailed)) return false;
    return (
      isOfAnotherTable(verify.cause) ||
      verify.cause instanceof StreamDisabled ||
      this.outages.explains(verify.cause)
    );
  }

  requireUnbroken(): void {
    const wrong = this.world.heardOf('verify.finished').find(({ differences }) => differences > 0);
    assert.equal(wrong, undefined, 'a verify found differences');
    if (this.broken !== undefined) throw this.broken;
  }
}

/** The error of a verify whose table or stream was replaced meanwhile; the pipeline will find the same. */
function isOfAnotherTable(error: Error): boolean {
  return error instanceof TableReplaced || error instanceof Gap;
}
