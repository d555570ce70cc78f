import assert from 'node:assert/strict';
import { createGunzip } from 'node:zlib';
import { SdkServices } from '../../runtime/aws/sdk';
import { type Settings, settingsOf } from '../../runtime/config';
import type { OperableDestination } from '../../runtime/destinations/destination';
import { openDestination } from '../../runtime/destinations/kinds';
import { Events } from '../../runtime/observe/events';
import type { VerifyReport } from '../../runtime/pipeline/verify';
import { Replicator, type RunOutcome } from '../../runtime/replicator';
import { type Item, type Knobs, type Listening, Simulator } from '../../simulator';
import { VirtualClock } from '../simulation/virtual-clock';
import { progress } from '../tiers/progress';
import type { Place } from './places';
import { trackedDestination, trackedIteration, trackedServices } from './tracked';

export const MINUTE = 60_000;
const BUCKET = 'exports';
/** Destination name of the table whose own name is too long for some databases. */
const SHORT_NAME = 'short';

export interface ChainTable {
  readonly name: string;
  /** Attribute names and types, partition key first. */
  readonly key: readonly { readonly name: string; readonly type: 'S' | 'N' | 'B' }[];
  /** The table's settings in a settings file. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/**
 * The whole chain from table to database: a listening simulator, the AWS SDK over sockets, the replicator and a real database.
 * Only time is virtual: it stops while anything happens and jumps over every pause.
 */
export class Chain {
  private constructor(
    readonly simulator: Simulator,
    readonly clock: VirtualClock,
    readonly tables: readonly ChainTable[],
    readonly place: Place,
    private readonly listening: Listening,
  ) {}

  static async open(
    place: Place,
    tables: readonly ChainTable[],
    { seed, knobs }: { readonly seed: number; readonly knobs?: Partial<Knobs> },
  ): Promise<Chain> {
    const clock = new VirtualClock();
    const simulator = new Simulator({ clock, seed, knobs: knobs ?? {} });
    simulator.s3.createBucket(BUCKET);
    for (const table of tables) createTable(simulator, table);
    await clock.advance(MINUTE);
    return new Chain(simulator, clock, tables, place, await simulator.listen());
  }

  put(table: string, item: Item): void {
    progress();
    this.simulator.call('dynamodb', 'PutItem', { TableName: table, Item: item });
  }

  /** Sets attributes of an existing or new item. */
  update(table: string, key: Item, attributes: Item): void {
    const entries = Object.entries(attributes);
    this.simulator.call('dynamodb', 'UpdateItem', {
      TableName: table,
      Key: key,
      UpdateExpression: `SET ${entries.map((_, i) => `#n${i} = :v${i}`).join(', ')}`,
      ExpressionAttributeNames: Object.fromEntries(entries.map(([name], i) => [`#n${i}`, name])),
      ExpressionAttributeValues: Object.fromEntries(entries.map(([, value], i) => [`:v${i}`, value])),
    });
  }

  delete(table: string, key: Item): void {
    this.simulator.call('dynamodb', 'DeleteItem', { TableName: table, Key: key });
  }

  items(table: string): Iterable<Item> {
    return this.simulator.tables.items(table);
  }

  /** Ages the tables until a generation skips all earlier records of their streams. */
  async age(): Promise<void> {
    await this.clock.advance(20 * MINUTE);
  }

  async start(): Promise<RunningChain> {
    const settings = this.settings();
    const services = await SdkServices.open(
      {
        endpoint: this.listening.url,
        region: this.simulator.region,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      },
      this.clock,
    );
    const destination = openDestination(settings.destination, {
      readSecret: () => Promise.reject(new Error('These tests use no secrets.')),
    });
    return new RunningChain(this.clock, settings, services, destination);
  }

  async close(): Promise<void> {
    await this.listening.close();
    await this.place.clear();
  }

  private settings(): Settings {
    return settingsOf({
      tables: this.tables.map(({ name, settings }) => ({
        name,
        ...(name.length > this.place.promises.longestName && { destinationTable: SHORT_NAME }),
        ...settings,
      })),
      bucket: `${BUCKET}/some/prefix`,
      to: this.place.to,
      // With so few rows more threads would only spin.
      ...(this.place.kind === 'duckdb' && { duckdb: { threads: 1 } }),
      load: { transactionBytes: '8MiB' },
      poll: { minMs: 1_000, maxMs: 20_000, listShardsMs: 30_000 },
    });
  }
}

/** One run of the replicator. */
export class RunningChain {
  readonly events = new Events();
  readonly replicator: Replicator;
  private readonly stopping = new AbortController();
  private readonly outcome: Promise<RunOutcome>;

  constructor(
    private readonly clock: VirtualClock,
    private readonly settings: Settings,
    private readonly services: SdkServices,
    private readonly destination: OperableDestination,
  ) {
    this.replicator = new Replicator({
      settings,
      aws: trackedServices(services, clock),
      destination: trackedDestination(destination, clock),
      clock,
      events: this.events,
      parts: { random: () => 0.5, decompress: (compressed) => trackedIteration(gunzip(compressed), clock) },
    });
    this.events.onAny(progress);
    this.following = this.untilFollowing();
    this.outcome = this.replicator.run(this.stopping.signal);
  }

  /** Resolves when every table is published and follows its stream; rejects if one fails. */
  readonly following: Promise<void>;

  verify(table: string): Promise<VerifyReport> {
    return this.clock.run(this.replicator.verify(table));
  }

  async stop(): Promise<void> {
    this.stopping.abort(new Error('the test is done'));
    const { failed } = await this.clock.run(this.outcome);
    this.services.close();
    await this.destination.close();
    for (const { error } of failed) throw error;
    assert.deepEqual(failed, []);
  }

  private untilFollowing(): Promise<void> {
    const waiting = new Set(this.settings.tables.map(({ name }) => name));
    return new Promise((resolve, reject) => {
      this.events.on('pipeline.phase', ({ pipeline, phase }) => {
        if (phase === 'stream') waiting.delete(pipeline.slice(pipeline.lastIndexOf('/') + 1));
        if (waiting.size === 0) resolve();
      });
      this.events.on('pipeline.failed', ({ error }) => reject(error));
    });
  }
}

function createTable(simulator: Simulator, { name, key }: ChainTable): void {
  simulator.call('dynamodb', 'CreateTable', {
    TableName: name,
    KeySchema: key.map((attribute, i) => ({
      AttributeName: attribute.name,
      KeyType: i === 0 ? 'HASH' : 'RANGE',
    })),
    AttributeDefinitions: key.map((attribute) => ({
      AttributeName: attribute.name,
      AttributeType: attribute.type,
    })),
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  simulator.call('dynamodb', 'UpdateContinuousBackups', {
    TableName: name,
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
}

async function* gunzip(compressed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createGunzip();
  const feeding = (async () => {
    for await (const piece of compressed) stream.write(piece);
    stream.end();
  })();
  feeding.catch((error: unknown) => stream.destroy(error as Error));
  for await (const piece of stream) yield piece as Uint8Array;
}
