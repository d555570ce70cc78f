import type { AwsServices } from '../../runtime/aws/services';
import type { Clock } from '../../runtime/clock';
import type { Destination } from '../../runtime/destinations/destination';
import { Events } from '../../runtime/observe/events';
import type { PipelineContext } from '../../runtime/pipeline/context';
import { Replicator, type RunOutcome } from '../../runtime/replicator';
import { progress } from '../tiers/progress';
import { type Disturbance, disturbed } from './disturbed-destination';
import { gunzipAtOnce } from './gunzip-at-once';
import type { BeforeCall } from './in-process-services';
import type { Surroundings } from './stage';

export interface ProcessOptions {
  readonly resync?: boolean;
  /** Default: the destination of the world's stage. */
  readonly destination?: Destination;
  /** Called around each call of the destination. */
  readonly disturbance?: Disturbance;
  /** Called before each call of AWS. */
  readonly beforeCall?: BeforeCall;
  /** Replaces the services of the world's stage, which must await `before` before each call. */
  readonly services?: (before: BeforeCall) => AwsServices;
  /** Asked before a heal, as on a terminal. */
  readonly consent?: PipelineContext['consent'];
  /** Replaces the world's clock, for a machine whose clock is wrong. */
  readonly clock?: Clock;
}

/** Thrown into everything that a killed process still tries. */
export class Killed extends Error {}

/** A replicator's process in the world. Its memory is lost when it ends. */
export class Process {
  readonly replicator: Replicator;
  readonly events = new Events();
  readonly outcome: Promise<RunOutcome>;
  private readonly controller = new AbortController();
  private alive = true;
  private frozen: { readonly until: Promise<void>; thaw(): void } | undefined;

  constructor(world: Surroundings, options: ProcessOptions) {
    const { disturbance, beforeCall } = options;
    this.events.onAny((name, event) => {
      progress();
      if (this.alive) world.heard.push({ name, event });
    });
    const { stage } = world;
    const destination = disturbed(
      options.destination ?? stage.destination(world, () => disturbance?.kill?.()),
      {
        before: (step) => this.guarded(() => disturbance?.before?.(step)),
        after: (step) => {
          const after = disturbance?.after?.(step);
          return after ? after.then(() => this.guarded()) : this.guarded();
        },
      },
    );
    const guarded: BeforeCall = (operation, subject) => this.guarded(() => beforeCall?.(operation, subject));
    this.replicator = new Replicator({
      settings: world.settings,
      aws: options.services?.(guarded) ?? stage.services(world, guarded),
      destination,
      clock: options.clock ?? world.clock,
      events: this.events,
      consent: options.consent,
      parts: { random: () => world.random.next(), decompress: gunzipAtOnce },
    });
    if (options.resync) {
      for (const { name } of world.settings.tables) this.replicator.resync(name).catch(() => undefined);
    }
    this.outcome = this.replicator.run(this.controller.signal);
    this.outcome.then(
      () => (this.alive = false),
      () => (this.alive = false),
    );
  }

  get isFrozen(): boolean {
    return this.frozen !== undefined;
  }

  get wasKilled(): boolean {
    return this.controller.signal.reason instanceof Killed;
  }

  /** Whether it has neither ended nor been killed. */
  get isAlive(): boolean {
    return this.alive;
  }

  /** Stops gracefully, like SIGTERM. */
  stop(): Promise<RunOutcome> {
    this.controller.abort(new Error('stopped'));
    return this.outcome;
  }

  /** Ends it at this instant, like SIGKILL. */
  kill(): void {
    this.alive = false;
    this.controller.abort(new Killed());
    this.thaw();
  }

  /** Suspends it before its next step until it is thawed, unnoticed, like SIGSTOP. */
  freeze(): void {
    if (this.frozen) return;
    let thaw: () => void = () => undefined;
    const until = new Promise<void>((resolve) => (thaw = resolve));
    this.frozen = { until, thaw };
  }

  thaw(): void {
    this.frozen?.thaw();
    this.frozen = undefined;
  }

  private guarded(work?: () => void | Promise<void>): void | Promise<void> {
    if (this.frozen) return this.frozen.until.then(() => this.guarded(work));
    if (!this.alive) throw new Killed();
    return work?.();
  }
}
