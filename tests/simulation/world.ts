import assert from 'node:assert/strict';
import type { Settings, TableSettings } from '../../runtime/config';
import type { EventMap, EventName } from '../../runtime/observe/events';
import type { Checkpoint } from '../../runtime/pipeline/checkpoint';
import { type Knobs, Simulator } from '../../simulator';
import { Random } from '../../simulator/random';
import { Process, type ProcessOptions } from './process';
import { SourceHistory } from './source-history';
import { MemoryStage, type Stage, type Surroundings, type VisibleRow } from './stage';
import { VirtualClock } from './virtual-clock';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface WorldOptions {
  readonly seed?: number;
  readonly knobs?: Partial<Knobs>;
  readonly settings?: Partial<Settings>;
  readonly table?: Partial<TableSettings>;
  /** Default: in memory. */
  readonly stage?: Stage;
  /** Number of keys that `write` chooses from. Default 8. */
  readonly keys?: number;
  /** Sleepers wake together at multiples of this, in ms: makes long simulations faster. */
  readonly grain?: number;
}

/**
 * A table in the simulator, a destination in memory and replicators between them, on one virtual clock. The seed determines
 * everything.
 */
export class World implements Surroundings {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly simulator: Simulator;
  readonly stage: Stage;
  readonly settings: Settings;
  /** One for each incarnation of the table. */
  readonly histories: SourceHistory[] = [];
  readonly heard: { name: EventName; event: EventMap[EventName] }[] = [];
  /** The type of the key of the table that is created next. */
  keyType: 'S' | 'N' = 'S';
  /** Of the stream that is turned on next. */
  viewType: 'NEW_IMAGE' | 'NEW_AND_OLD_IMAGES' = 'NEW_IMAGE';
  private values = 0;
  readonly tableName = 'orders';
  readonly bucket = 'exports';

  constructor(readonly options: WorldOptions = {}) {
    const seed = options.seed ?? 1;
    this.stage = options.stage ?? new MemoryStage();
    this.random = new Random(seed);
    this.clock = new VirtualClock(undefined, options.grain);
    this.simulator = new Simulator({ clock: this.clock, seed, knobs: options.knobs });
    const table: TableSettings = {
      name: this.tableName,
      destinationTable: this.tableName,
      destinationSchema: undefined,
      columns: 'columns',
      maxColumns: 300,
      deletes: 'hard',
      dropReplicationAttributes: true,
      ...options.table,
    };
    this.settings = {
      tables: [table],
      bucket: { name: this.bucket, prefix: 'replicator' },
      to: 'memory',
      queueBytes: 8 * 1024 * 1024,
      onGap: 'exit',
      heal: { maxUsd: 50, readUnitsPerSecond: 100 },
      yes: true,
      clockRate: 1,
      load: { connections: 1, transactionBytes: 1024 * 1024 },
      verify: { every: undefined, sample: 1 },
      ...options.settings,
      // The default of `concurrentReads` depends on the machine's cores.
      poll: {
        minMs: 250,
        maxMs: 5_000,
        concurrentReads: 32,
        listShardsMs: 20_000,
        exportMs: 10_000,
        ...options.settings?.poll,
      },
    } as Settings;
  }

  /** Creates bucket and table. When it returns, the stream is old enough and point-in-time recovery is on. */
  async prepare(aged: number = 10 * MINUTE): Promise<void> {
    this.simulator.s3.createBucket(this.bucket);
    this.createTable();
    await this.clock.advance(2 * MINUTE);
    this.enableRecovery();
    await this.clock.advance(aged);
  }

  createTable(): void {
    this.simulator.call('dynamodb', 'CreateTable', {
      TableName: this.tableName,
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: this.keyType }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: this.viewType },
    });
    this.histories.push(new SourceHistory(this.tableId));
  }

  get tableId(): string {
    const id = this.simulator.tables.get(this.tableName)?.id;
    assert(id !== undefined, 'there is no table');
    return id;
  }

  /** History of the present table. */
  get history(): SourceHistory {
    const history = this.histories.at(-1);
    assert(history !== undefined, 'there is no table');
    return history;
  }

  enableRecovery(): void {
    this.setRecovery(true);
  }

  setRecovery(enabled: boolean): void {
    this.simulator.call('dynamodb', 'UpdateContinuousBackups', {
      TableName: this.tableName,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: enabled },
    });
  }

  setStream(enabled: boolean): void {
    this.simulator.call('dynamodb', 'UpdateTable', {
      TableName: this.tableName,
      StreamSpecification: enabled
        ? { StreamEnabled: true, StreamViewType: this.viewType }
        : { StreamEnabled: false },
    });
  }

  put(id: string, value: number): void {
    this.simulator.call('dynamodb', 'PutItem', {
      TableName: this.tableName,
      Item: { id: { [this.keyType]: id }, v: { N: String(value) } },
    });
    this.history.record(id, { at: this.clock.now(), value: String(value) });
  }

  delete(id: string): void {
    this.simulator.call('dynamodb', 'DeleteItem', {
      TableName: this.tableName,
      Key: { id: { [this.keyType]: id } },
    });
    this.history.record(id, { at: this.clock.now(), value: undefined });
  }

  /** Writes one of a few keys, chosen by the seed: a new value, or occasionally a delete. */
  write(): void {
    const id = `${this.keyType === 'S' ? 'k' : ''}${this.random.integer(0, this.options.keys ?? 8)}`;
    if (this.random.chance(0.3) && this.history.of(id).at(-1)?.value !== undefined) this.delete(id);
    else this.put(id, ++this.values);
  }

  /** Lets `ms` pass with about twenty writes, the last at its end. */
  async busy(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    while (this.clock.now() < end) {
      await this.clock.advance(Math.min(end - this.clock.now(), this.random.integer(1, ms / 10)));
      this.write();
    }
  }

  rollover(): void {
    this.simulator.rollover(this.tableName);
  }

  /** Deletes the table, and creates another of the same name. */
  replaceTable(): void {
    this.deleteTable();
    this.makeTableAgain();
  }

  deleteTable(): void {
    this.simulator.call('dynamodb', 'DeleteTable', { TableName: this.tableName });
  }

  /** Creates a table of the same name, with everything that a replicator needs, and an item. */
  makeTableAgain(): void {
    this.createTable();
    this.enableRecovery();
    this.write();
  }

  /** Id → value of the source. */
  source(): Map<string, string> {
    const rows = new Map<string, string>();
    for (const item of this.simulator.tables.items(this.tableName)) {
      const { id, v } = item as { id: { S?: string; N?: string }; v: { N: string } };
      rows.set(id.S ?? id.N ?? '', v.N);
    }
    return rows;
  }

  /** Id → row of the visible table, including soft-deleted ones. */
  visible(): Map<string, VisibleRow> {
    return this.stage.visible();
  }

  /** Id → value of the visible table, without soft-deleted rows. */
  destination(): Map<string, string> {
    const live = [...this.visible()].filter(([, { deleted }]) => !deleted);
    return new Map(live.map(([id, { value }]) => [id, value]));
  }

  assertEqual(message?: string): void {
    const sorted = (rows: Map<string, string>) => [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
    assert.deepEqual(sorted(this.destination()), sorted(this.source()), message);
  }

  start(options: ProcessOptions = {}): Process {
    return new Process(this, options);
  }

  /** Lets time pass until a condition holds. @throws if it does not within `withinMs` */
  async until(
    holds: () => boolean,
    withinMs: number = 2 * HOUR,
    what: string = holds.toString(),
  ): Promise<void> {
    const end = this.clock.now() + withinMs;
    while (!holds()) {
      if (this.clock.now() >= end)
        assert.fail(`within ${withinMs / MINUTE} minutes it did not happen that ${what}`);
      await this.clock.advance(SECOND);
    }
  }

  heardOf<Name extends EventName>(wanted: Name): EventMap[Name][] {
    return this.heard.filter(({ name }) => name === wanted).map(({ event }) => event as EventMap[Name]);
  }

  /** The stored checkpoint's head. */
  get checkpoint(): Checkpoint | undefined {
    return this.stage.checkpoint;
  }

  get phase(): Checkpoint['phase'] | undefined {
    return this.checkpoint?.phase;
  }

  /** Waits until the pipeline is published and W has passed the present: everything written is applied. */
  async untilCaughtUp(withinMs: number = 3 * HOUR): Promise<void> {
    const target = this.clock.now();
    await this.until(
      () => this.phase === 'stream' && (this.checkpoint?.graph.watermark ?? 0) > target,
      withinMs,
      'the replicator caught up',
    );
  }
}
