import { type Item, type Listening, RunningClock, Simulator } from '../simulator';
import { Random } from '../simulator/random';
import { BIRD_STRIKES, birdStrikes } from './bird-strikes';
import { PRODUCT_CATALOG, productCatalog } from './product-catalog';
import { nextWrite, type WriterState, writerState } from './writer';

const HOUR = 3_600_000;
/** Age of the tables when the replicator first sees them. */
const AGE_MS = 6 * HOUR;
const STRIKES_AT_FIRST = 4_000;
const PRODUCTS_AT_FIRST = 300;
export const BUCKET = 'demo-exports';
/** AWS keeps this account for examples. */
export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
export const WRITES_PER_SECOND = 40;
const WRITE_EVERY_MS = 50;
const SEED = 1;

/** The source side of the demo: a simulator with two tables that are six hours old, and an application that writes to them. */
export class Source {
  readonly tables: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  private readonly simulator: Simulator;
  private readonly random = new Random(SEED);
  private state: WriterState;
  private listening: Listening | undefined;
  private writer: NodeJS.Timeout | undefined;
  writes = 0;

  /** @param clockRate how many times as fast as real time the simulator's clock runs */
  constructor(readonly clockRate: number) {
    const clock = new RunningClock(clockRate, Date.now() - AGE_MS);
    // AWS takes longer for an export, even of tables this small. Nobody likes to wait in a demo.
    this.simulator = new Simulator({
      clock,
      seed: SEED,
      accountId: ACCOUNT,
      region: REGION,
      knobs: { exportDurationMs: [120_000, 240_000] },
    });
    const reports = birdStrikes();
    const strikes = reports.slice(0, STRIKES_AT_FIRST);
    const products = productCatalog(PRODUCTS_AT_FIRST, SEED);
    this.fill(BIRD_STRIKES, 'id', strikes);
    this.fill(PRODUCT_CATALOG, 'Id', products);
    this.simulator.s3.createBucket(BUCKET);
    clock.advance(AGE_MS);
    this.state = writerState(strikes, products, reports.slice(STRIKES_AT_FIRST));
    this.tables = [BIRD_STRIKES, PRODUCT_CATALOG];
    this.counts = new Map([
      [BIRD_STRIKES, strikes.length],
      [PRODUCT_CATALOG, products.length],
    ]);
  }

  async start(): Promise<string> {
    this.listening = await this.simulator.listen();
    return this.listening.url;
  }

  startWriting(): void {
    let due = 0;
    this.writer = setInterval(() => {
      due += (WRITES_PER_SECOND * WRITE_EVERY_MS) / 1_000;
      for (; due >= 1; due--) {
        const { write, state } = nextWrite(this.random, this.state);
        this.simulator.call('dynamodb', write.operation, write.input);
        this.state = state;
        this.writes++;
      }
    }, WRITE_EVERY_MS);
  }

  stopWriting(): void {
    clearInterval(this.writer);
  }

  split(): void {
    this.simulator.split(BIRD_STRIKES);
  }

  async stop(): Promise<void> {
    this.stopWriting();
    await this.listening?.close();
  }

  private fill(table: string, key: string, items: readonly Item[]): void {
    const call = (operation: string, input: Record<string, unknown>) =>
      this.simulator.call('dynamodb', operation, { TableName: table, ...input });
    call('CreateTable', {
      AttributeDefinitions: [{ AttributeName: key, AttributeType: 'N' }],
      KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    call('UpdateContinuousBackups', {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    for (const item of items) call('PutItem', { Item: item });
  }
}
