import assert from 'node:assert/strict';
import type { AwsServices } from '../../runtime/aws/services';
import { DuckDBStage } from './duckdb-stage';
import { downtime } from './gap-variants';
import { InProcessServices } from './in-process-services';
import { Invariants } from './invariants';
import type { Process, ProcessOptions } from './process';
import { MemoryStage, type Stage } from './stage';
import { DAY, HOUR, MINUTE, SECOND, World } from './world';

/** A heal that is killed more often never ends. */
const MOST_LIVES = 1_500;
const WINDOWS = 2;
/** Steps of a destination that are the same however far the heal is. */
const ROUTINE = new Set(['inspect', 'lease', 'readCheckpoint', 'readColumns', 'apply']);

/** A table with a gap of 30 hours, and processes that are killed once at each instant of its heal. */
class KilledHeal {
  readonly world: World;
  /** Instants at which a process has been killed. */
  readonly killed = new Set<string>();
  private readonly invariants: Invariants;
  private readonly services: ProcessOptions['services'];
  private readonly isMeant: (at: string) => boolean;
  private process: Process | undefined;
  private isHealing = false;
  private isStaging = false;
  private step = '';

  constructor(
    deletes: 'hard' | 'soft',
    stage: (beforeStatement: (statement: string) => boolean) => Stage,
    {
      services,
      isMeant = () => true,
    }: {
      readonly services?: ProcessOptions['services'];
      /** Whether processes are killed at this instant. */
      readonly isMeant?: (at: string) => boolean;
    },
  ) {
    this.services = services;
    this.isMeant = isMeant;
    this.world = new World({
      seed: 7,
      grain: SECOND,
      keys: 6,
      stage: stage((statement) => this.isNew(statement.replaceAll(/\d+/g, 'n'))),
      table: { deletes },
      knobs: { partitions: 2, exportFiles: 1, exportDurationMs: [MINUTE, MINUTE] },
      settings: {
        onGap: 'heal',
        heal: { maxUsd: 50, readUnitsPerSecond: 100 },
        poll: { minMs: 5_000, maxMs: 30_000, listShardsMs: 30_000, exportMs: 10_000 },
      } as never,
    });
    this.invariants = new Invariants(this.world);
  }

  /** How far the heal is: each instant is one of such a stretch. */
  private get progress(): string {
    const { gap, heal, phase } = this.world.checkpoint ?? {};
    const requested = heal?.windows.map(({ arn }) => Number(arn !== undefined)).join('');
    const staged = this.isStaging && 'staged';
    return [phase, gap?.reason, heal && 'heal', requested, staged, heal?.rereadAt && 'reread'].join(' ');
  }

  /** Whether no process has been killed at this instant yet. From now on one has. */
  isNew(instant: string): boolean {
    if (!this.isHealing || !this.process?.isAlive) return false;
    const at = `${ROUTINE.has(this.step) ? this.step : this.progress}: ${instant}`;
    if (this.killed.has(at) || !this.isMeant(at)) return false;
    this.killed.add(at);
    return true;
  }

  /** Fails unless a process was killed at instants with each of these texts. */
  requireKills(texts: readonly string[]): void {
    for (const text of texts)
      assert.ok(
        [...this.killed].some((at) => at.includes(`: ${text}`)),
        text,
      );
  }

  kill(): void {
    this.world.stage.killed?.();
    this.process?.kill();
  }

  private start(): Process {
    const { world } = this;
    const process = world.start({
      services: this.services,
      disturbance: {
        kill: () => this.kill(),
        before: (step) => void (this.step = step),
        after: async (step) => {
          await world.stage.committed?.(world, step);
          if (step === 'stage') this.isStaging = true;
          this.invariants.check(step);
        },
      },
    });
    return (this.process = process);
  }

  /** From the first load to the end. */
  async run(): Promise<void> {
    const { world } = this;
    await world.stage.open?.(world);
    try {
      await world.prepare();
      for (let i = 0; i < 10; i++) world.write();
      this.start();
      await world.untilCaughtUp();
      world.put('brief', 1);
      await world.until(() => world.destination().has('brief'));
      await downtime(world, this.process as Process, 30 * HOUR, () => world.delete('brief'), false);
      this.isHealing = true;
      await this.untilHealed();
      this.isHealing = false;
      if (!this.process?.isAlive) this.start();
      await world.untilCaughtUp();
      this.invariants.checkEnd(false);
      await world.clock.run((this.process as Process).stop());
      const { ExportSummaries: exports } = world.simulator.call('dynamodb', 'ListExports', {}) as {
        ExportSummaries: unknown[];
      };
      assert.equal(exports.length, 1 + WINDOWS, 'no export is paid for twice');
    } finally {
      await world.stage.close?.();
    }
  }

  private async untilHealed(): Promise<void> {
    const { world } = this;
    const end = world.clock.now() + 2 * DAY;
    for (let lives = 1; ; ) {
      const { phase, reason } = world.checkpoint ?? {};
      if (phase === 'stream' && reason === 'heal') return;
      assert.ok(world.clock.now() < end, `not healed in two days and ${lives} lives: ${this.progress}`);
      if (!this.process?.isAlive) {
        assert.ok(lives++ < MOST_LIVES, `not healed in ${MOST_LIVES} lives: ${this.progress}`);
        this.start();
      }
      await world.clock.advance(SECOND);
      if (world.random.chance(0.05)) world.write();
    }
  }
}

/** Kills around each call of AWS. */
function killing(services: AwsServices, heal: () => KilledHeal): AwsServices {
  return new Proxy(services, {
    get(of, name) {
      const member: unknown = Reflect.get(of, name, of);
      if (typeof member !== 'function' || name === 'close') return member;
      const killAt = (when: string) => {
        if (!heal().isNew(`${when} ${String(name)}`)) return;
        heal().kill();
        throw new Error(`killed ${when} ${String(name)}`);
      };
      return async (...given: unknown[]) => {
        killAt('before');
        const result: unknown = await Reflect.apply(member, of, given);
        killAt('after');
        return result;
      };
    },
  });
}

describe('simulation/kills in a heal', () => {
  for (const [deletes, when, isMeant] of [
    ['hard', 'a heal', undefined],
    ['soft', 'the publish of a heal', (at: string) => at.includes('reread:')],
  ] as const)
    it(`G3, G4, C1: killed before every statement of ${when} in DuckDB, ${deletes} deletes: nothing is lost, applied twice or paid for twice`, async () => {
      const heal = new KilledHeal(deletes, (isNew) => new DuckDBStage(isNew), { isMeant });
      await heal.run();
      heal.requireKills(['BEGIN TRANSACTION', 'COMMIT', 'INSERT INTO "replica"."main"."orders"']);
    });

  for (const deletes of ['hard', 'soft'] as const)
    it(`G3, G4, C1: killed before and after every call of AWS in a heal, ${deletes} deletes: nothing is lost, applied twice or paid for twice`, async () => {
      const heal: KilledHeal = new KilledHeal(deletes, () => new MemoryStage(), {
        services: (before) => killing(new InProcessServices(heal.world.simulator, before), () => heal),
      });
      await heal.run();
      for (const call of ['requestExport', 'describeExport', 'getObject', 'readKeys', 'getRecords'])
        heal.requireKills([`before ${call}`, `after ${call}`]);
    });
});
