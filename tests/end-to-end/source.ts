import { type AttributeValue, type Item, type Knobs, RunningClock, Simulator } from '../../simulator';
import type { Listening } from '../../simulator';
import { derivedRandom, type Random } from '../../simulator/random';

export const BUCKET = 'exports';
const HOUR = 3_600_000;
const WRITE_EVERY_MS = 10;

export interface SourceOptions {
  readonly seed: number;
  /** How many times as fast as real time the clock runs. */
  readonly rate: number;
  readonly knobs?: Partial<Knobs>;
}

/** A listening simulator with a fast clock and a bucket for exports. */
export class Source {
  private readonly tables: SourceTable[] = [];

  private constructor(
    readonly options: SourceOptions,
    readonly simulator: Simulator,
    private readonly listening: Listening,
  ) {}

  static async start(options: SourceOptions): Promise<Source> {
    const clock = new RunningClock(options.rate, Date.now());
    const simulator = new Simulator({ clock, seed: options.seed, knobs: options.knobs });
    simulator.s3.createBucket(BUCKET);
    return new Source(options, simulator, await simulator.listen());
  }

  get url(): string {
    return this.listening.url;
  }

  /** Creates a table with items, an hour old. */
  table(name: string, items: number): SourceTable {
    const table = new SourceTable(this.simulator, name, derivedRandom(this.options.seed, name));
    table.create(items);
    this.simulator.clock.advance?.(HOUR);
    this.tables.push(table);
    return table;
  }

  /** The command line of a verb for these tables and this destination. */
  words(verb: string, to: string, tables: readonly SourceTable[] = this.tables): string[] {
    return [
      verb,
      ...tables.flatMap(({ name }) => ['--table', name]),
      ...['--bucket', `${BUCKET}/here`, '--to', to, '--endpoint', this.listening.url],
      ...['--clock-rate', String(this.options.rate), '--poll-min-ms', '4000', '--poll-export-ms', '10000'],
      ...['--log-format', 'json', '--log-level', 'debug', '--log-summary-ms', '1000'],
      // So that a stop ends cleanly, however slow the machine is.
      ...['--load-transaction-bytes', '1', '--timeouts-stop-ms', '600000'],
    ];
  }

  async stop(): Promise<void> {
    for (const table of this.tables) table.stopWriting();
    await this.listening.close();
  }
}

/** A table, and an application that writes to it. */
export class SourceTable {
  private lastKey = 0;
  private writes = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly simulator: Simulator,
    readonly name: string,
    private readonly random: Random,
  ) {}

  create(items: number): void {
    this.call('CreateTable', {
      AttributeDefinitions: [
        { AttributeName: 'customer', AttributeType: 'S' },
        { AttributeName: 'number', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'customer', KeyType: 'HASH' },
        { AttributeName: 'number', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    });
    this.call('UpdateContinuousBackups', {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    for (let i = 0; i < items; i++) this.insert();
    this.startStream();
  }

  /** Starts to write new items, changes and deletes. Most keys are written only once or twice, so that a lost write stays visible. */
  write(perSecond: number): void {
    let due = 0;
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      for (due += (perSecond * WRITE_EVERY_MS) / 1_000; due >= 1; due--) this.writeOne();
    }, WRITE_EVERY_MS);
  }

  /** Stops writing. @returns the service's time after the last write, epoch ms */
  stopWriting(): number {
    clearInterval(this.timer);
    return this.simulator.clock.now();
  }

  writeOne(): void {
    const { random } = this;
    this.writes++;
    const kind = random.next();
    if (kind < 0.35) return this.insert();
    const key = keyOf(random.integer(1, this.lastKey + 1));
    if (kind < 0.55) return void this.call('DeleteItem', { Key: key });
    if (kind < 0.75)
      return void this.call('PutItem', { Item: { ...key, ...attributes(random, this.writes) } });
    this.call('UpdateItem', {
      Key: key,
      UpdateExpression: 'SET price = :price, touched = :touched REMOVE note',
      ExpressionAttributeValues: { ':price': price(random), ':touched': { N: String(this.writes) } },
    });
  }

  items(): Item[] {
    const items: Item[] = [];
    let from: unknown;
    do {
      const page = this.call('Scan', {
        ConsistentRead: true,
        ...(from === undefined ? {} : { ExclusiveStartKey: from }),
      }) as { Items: Item[]; LastEvaluatedKey?: unknown };
      items.push(...page.Items);
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return items;
  }

  split(): void {
    this.simulator.split(this.name);
  }

  /** Disables and enables the stream, which creates a new one. */
  replaceStream(): void {
    this.call('UpdateTable', { StreamSpecification: { StreamEnabled: false } });
    this.startStream();
  }

  call<Answer>(operation: string, input: Record<string, unknown> = {}): Answer {
    return this.simulator.call('dynamodb', operation, { TableName: this.name, ...input }) as Answer;
  }

  private startStream(): void {
    this.call('UpdateTable', {
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
  }

  private insert(): void {
    this.lastKey++;
    this.call('PutItem', { Item: { ...keyOf(this.lastKey), ...attributes(this.random, this.writes) } });
  }
}

function keyOf(number: number): Item {
  return { customer: { S: `customer ${number % 997}` }, number: { N: String(number) } };
}

/** Attributes of every type; some are missing, one changes its type, and numbers outgrow their column. */
function attributes(random: Random, writes: number): Item {
  const all: Record<string, AttributeValue> = {
    price: price(random),
    note: { S: random.pick(['', 'plain', 'two\nlines', '“quoted” \\ "twice"', '🦜 ünïcode']) },
    paid: { BOOL: random.chance(0.5) },
    nothing: { NULL: true },
    bytes: { B: Buffer.from(random.hex(12), 'hex').toString('base64') },
    tags: { SS: ['b', 'a', random.hex(4)] },
    lines: {
      L: [{ M: { name: { S: random.hex(6) }, count: { N: String(random.integer(1, 99)) } } }, { NULL: true }],
    },
    counter: { N: String(writes) },
    either: random.chance(0.5) ? { S: 'text' } : { N: '7' },
  };
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => name === 'counter' || random.chance(0.85)),
  );
}

function price(random: Random): AttributeValue {
  if (random.chance(0.002)) return { N: `${random.integer(1, 9)}${'0'.repeat(random.integer(10, 20))}.5` };
  return { N: `${random.integer(0, 10_000)}.${random.integer(1, 10)}` };
}
