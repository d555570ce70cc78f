import assert from 'node:assert/strict';
import type { AwsServices } from '../../runtime/aws/services';
import { SdkServices } from '../../runtime/aws/sdk';
import type { Timeouts } from '../../runtime/aws/settings';
import { ReplicatorError } from '../../runtime/errors';
import type { ActiveFault, FaultAnswer, FaultRule, Listening } from '../../simulator';
import { trackedServices } from '../exactness/tracked';
import type { BeforeCall } from '../simulation/in-process-services';
import type { Process, ProcessOptions } from '../simulation/process';
import type { MemoryStage } from '../simulation/stage';
import { HOUR, SECOND, World, type WorldOptions } from '../simulation/world';

export interface WireOptions extends WorldOptions {
  /** Real ms. */
  readonly timeouts?: Partial<Timeouts>;
  /** Attempts inside the SDK, whose pauses are real time. Default 1: only the runtime retries. */
  readonly maxAttempts?: number;
}

/** A call that a replicator made. */
interface Call {
  readonly method: keyof AwsServices;
  readonly args: readonly unknown[];
}

const GENEROUS: Timeouts = { connectMs: 60_000, requestMs: 60_000, socketMs: 60_000, callMs: 240_000 };
/** Times out after about a tenth of a second. */
export const IMPATIENT: Partial<Timeouts> = { requestMs: 120, socketMs: 120 };

const opened: WireWorld[] = [];

/** Call it after each test. */
export async function closeWorlds(): Promise<void> {
  for (const world of opened.splice(0)) await world.close();
}

/**
 * A world whose replicators use the AWS SDK and a socket to reach the simulator, so that faults happen on the wire. Time is
 * virtual; only waiting for a socket takes real time.
 */
export class WireWorld extends World {
  /** Every call of every replicator, in order. */
  readonly calls: Call[] = [];
  /** Called before each call. */
  onCall: (call: Call) => void = () => undefined;
  private readonly services: SdkServices[] = [];
  private readonly processes: Process[] = [];
  private listening: Listening | undefined;

  constructor(private readonly wire: WireOptions) {
    super({
      ...wire,
      knobs: { partitions: 1, exportFiles: 2, exportDurationMs: [30 * SECOND, 40 * SECOND], ...wire.knobs },
      settings: {
        poll: { minMs: 1_000, maxMs: 10_000, listShardsMs: 20_000, exportMs: 10_000 },
        load: { transactionBytes: 1024 * 1024 },
        ...wire.settings,
      },
    });
  }

  /** Opens a world with some items in the table, and everything a replicator needs. */
  static async open(options: WireOptions = {}): Promise<WireWorld> {
    const world = new WireWorld(options);
    opened.push(world);
    await world.listen();
    await world.prepare();
    for (let i = 0; i < 40; i++) world.put(`item ${i}`, i);
    return world;
  }

  /** Starts the server, or restarts it at the same address. */
  async listen(): Promise<void> {
    const { port } = this.listening ?? {};
    this.listening = await this.simulator.listen(port === undefined ? {} : { port });
  }

  /** Stops the server: connections to it are refused. */
  async hangUp(): Promise<void> {
    await this.listening?.close();
  }

  get endpoint(): string {
    return this.listening?.url ?? '';
  }

  /** What the in-memory destination has committed. */
  get pipeline(): MemoryStage['pipeline'] {
    return (this.stage as MemoryStage).pipeline;
  }

  override start(options: ProcessOptions = {}): Process {
    const process = super.start({
      services: (before) => this.connect(before, options.clock ?? this.clock),
      ...options,
    });
    this.processes.push(process);
    return process;
  }

  fault(operation: string, answer: FaultAnswer, when: Partial<FaultRule> = {}): ActiveFault {
    return this.simulator.faults.add({ operation, answer, ...when });
  }

  /** Starts a replicator and waits until it has requested its export. */
  async startLoading(options: ProcessOptions = {}): Promise<Process> {
    const process = this.start(options);
    await this.untilAlive(
      process,
      () => this.checkpoint?.export?.arn !== undefined,
      'an export was requested',
    );
    return process;
  }

  /** Starts a replicator and waits until it has published and caught up. */
  async startPublished(options: ProcessOptions = {}): Promise<Process> {
    const process = this.start(options);
    await this.untilCaughtUp();
    this.assertEqual();
    return process;
  }

  /**
   * A table's whole life with the injected faults: load, publish, changes, a rollover, more changes. In the end the destination
   * must equal the source, and exactly one export must have been requested.
   */
  async liveThrough(options: ProcessOptions = {}): Promise<Process> {
    const process = await this.startLoading(options);
    await this.busy(30 * SECOND);
    await this.untilAlive(process, () => this.phase === 'stream', 'it was published');
    await this.busy(30 * SECOND);
    this.rollover();
    await this.busy(30 * SECOND);
    await this.assertRecovers(process);
    assert.equal(this.exportArns().length, 1, 'exactly one export');
    return process;
  }

  /** Like `liveThrough`, but only until the load is published. */
  async loadThrough(options: ProcessOptions = {}): Promise<void> {
    const process = await this.startLoading(options);
    await this.busy(10 * SECOND);
    await this.assertRecovers(process);
    assert.equal(this.exportArns().length, 1, 'exactly one export');
  }

  /** Asserts that the replicator runs and catches up, and that the destination equals the source. */
  async assertRecovers(process: Process): Promise<void> {
    const target = this.clock.now();
    await this.untilAlive(
      process,
      () => this.phase === 'stream' && (this.checkpoint?.graph.watermark ?? 0) > target,
      'it caught up',
    );
    this.assertEqual();
    this.assertLoadedOnce();
    const { failed } = await this.settled(process.stop());
    assert.deepEqual(failed, []);
  }

  /** Waits until the replicator stops with an error, and returns it. */
  async errorOf(process: Process, withinMs: number = 2 * HOUR): Promise<ReplicatorError> {
    await this.until(() => !process.isAlive, withinMs, 'the replicator stopped');
    const { failed } = await process.outcome;
    const error = failed[0]?.error;
    assert(error instanceof ReplicatorError, `not an error of ours: ${error?.stack ?? 'none'}`);
    return error;
  }

  /** ARNs of all exports of the table in the simulator. */
  exportArns(): string[] {
    const { ExportSummaries } = this.simulator.perform('dynamodb', 'ListExports', {}) as {
      ExportSummaries: { ExportArn: string }[];
    };
    return ExportSummaries.map(({ ExportArn }) => ExportArn);
  }

  /** Waits until `holds`; fails at once if the replicator stops. */
  async untilAlive(process: Process, holds: () => boolean, what: string, withinMs?: number): Promise<void> {
    await this.until(() => holds() || !process.isAlive, withinMs, what);
    if (process.isAlive) return;
    const { failed } = await process.outcome;
    assert.fail(`it stopped: ${failed.map(({ error }) => error.stack).join('\n')}`);
  }

  /** Lets time pass until the promise has settled. */
  async settled<T>(promise: Promise<T>): Promise<T> {
    let done = false;
    const end = () => {
      done = true;
    };
    promise.then(end, end);
    await this.until(() => done, HOUR, 'it ended');
    return promise;
  }

  async close(): Promise<void> {
    this.simulator.faults.clear();
    for (const process of this.processes) process.kill();
    for (const each of this.services) each.close();
    await this.hangUp();
  }

  /** Keys of the data files of the last requested export. */
  dataFiles(): string[] {
    const arn = this.checkpoint?.export?.arn ?? '';
    const prefix = `replicator/AWSDynamoDB/${arn.slice(arn.lastIndexOf('/') + 1)}/data/`;
    return this.simulator.store.listObjects(this.bucket, { prefix }).objects.map(({ key }) => key);
  }

  /** Asserts that each file of the export is in the ledger once, and no item arrived twice (the in-memory destination would throw). */
  private assertLoadedOnce(): void {
    const files = this.pipeline?.ledger.shadow.map(({ file }) => file) ?? [];
    assert.equal(new Set(files).size, files.length, 'a file was loaded twice');
    assert.deepEqual([...files].sort(), this.dataFiles(), 'every file of the export was loaded');
  }

  private connect(before: BeforeCall, clock: NonNullable<ProcessOptions['clock']>): AwsServices {
    const services = new SdkServices(
      {
        region: this.simulator.region,
        endpoint: this.endpoint,
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
        maxAttempts: this.wire.maxAttempts ?? 1,
        timeouts: { ...GENEROUS, ...this.wire.timeouts },
      },
      clock,
    );
    this.services.push(services);
    const tracked = trackedServices(services, this.clock);
    return new Proxy<AwsServices>(tracked, {
      get: (of, name) => {
        const member: unknown = Reflect.get(of, name, of);
        if (typeof member !== 'function' || name === 'close') return member;
        return async (...args: unknown[]) => {
          const call = { method: name as keyof AwsServices, args };
          await before(call.method as never, undefined);
          this.calls.push(call);
          this.onCall(call);
          return Reflect.apply(member, of, args) as unknown;
        };
      },
    });
  }
}
