import { mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type * as SimulatorRoom from '../../simulator';
import type * as DemoRoom from '../../simulator/demo';
import type * as RandomRoom from '../../simulator/random';
import { LocalClock } from '../clock';
import { settingsOf, type Settings } from '../config';
import { count, counted, duration, tableOf } from '../observe/figures';
import { EXIT } from './exit-codes';
import { Session } from './session';
import type { Terminal } from './terminal';
import { textTable } from './text-table';
import type { Verb } from './verb';
import { verdict } from './verify';
import { whileRunning } from './while-running';

/** Service seconds per second of the demo. */
const CLOCK_RATE = 60;
const HOUR = 3_600_000;
/** How old the tables are when the replicator first sees them. */
const AGE_MS = 6 * HOUR;
const STRIKES_AT_FIRST = 4_000;
const PRODUCTS_AT_FIRST = 300;
const BUCKET = 'demo-exports';
const WRITES_PER_SECOND = 40;
const WRITE_EVERY_MS = 50;
const FOLLOW_MS = 8_000;
const SEED = 1;

/** `dynamodb-replicator demo`, which `npm start` runs: all of it on this machine, in under a minute. */
export const demoCommand: Verb = {
  name: 'demo',
  summary:
    'show everything on this machine, without an account: a local AWS, real data, export, load, live changes',
  example: 'dynamodb-replicator demo --follow',
  define(command) {
    command
      .option('--follow', 'go on until Ctrl-C')
      .option(
        '--to <FILE.duckdb>',
        'where the rows go; a file of that name is replaced',
        '.replicator/demo.duckdb',
      )
      .allowExcessArguments(false);
  },
  async carryOut(command, terminal) {
    const { follow = false, to } = command.opts<{ follow?: boolean; to: string }>();
    const source = new Source();
    const url = await source.start();
    try {
      const settings = demoSettings(source.tables, to, url);
      removeFile(to);
      const session = await Session.open(settings, terminal, terminal.output, {
        accessKeyId: 'demo',
        secretAccessKey: 'demo',
      });
      try {
        introduce(session, source, url);
        await whileRunning(session, terminal.interrupted, { name: 'demo', resync: false }, () =>
          tell(session, source, terminal, follow),
        );
      } finally {
        await session.close();
      }
      terminal.output.write(`\nThe rows are in ${resolve(to)}; open it with any DuckDB.\n`);
      return EXIT.fine;
    } finally {
      await source.stop();
    }
  },
};

/** The source side: a simulator with two tables that are hours old, and an application that writes to them. */
class Source {
  readonly tables: readonly string[];
  readonly counts: ReadonlyMap<string, number>;
  private readonly simulator: SimulatorRoom.Simulator;
  private readonly demo: typeof DemoRoom;
  private readonly random: RandomRoom.Random;
  private state: DemoRoom.WriterState;
  private listening: SimulatorRoom.Listening | undefined;
  private writer: NodeJS.Timeout | undefined;
  writes = 0;

  constructor() {
    /* eslint-disable @typescript-eslint/no-require-imports */
    const { RunningClock, Simulator } = require('../../simulator') as typeof SimulatorRoom;
    const { Random } = require('../../simulator/random') as typeof RandomRoom;
    const demo = (this.demo = require('../../simulator/demo') as typeof DemoRoom);
    /* eslint-enable @typescript-eslint/no-require-imports */
    const clock = new RunningClock(CLOCK_RATE, Date.now() - AGE_MS);
    // Exports of such small tables take AWS longer; the demo's simulator is quick, as nobody likes to wait.
    this.simulator = new Simulator({ clock, seed: SEED, knobs: { exportDurationMs: [120_000, 240_000] } });
    this.random = new Random(SEED);
    const reports = demo.birdStrikes();
    const strikes = reports.slice(0, STRIKES_AT_FIRST);
    const products = demo.productCatalog(PRODUCTS_AT_FIRST, SEED);
    this.fill(demo.BIRD_STRIKES, 'id', strikes);
    this.fill(demo.PRODUCT_CATALOG, 'Id', products);
    this.simulator.s3.createBucket(BUCKET);
    clock.advance(AGE_MS);
    this.state = demo.writerState(strikes, products, reports.slice(STRIKES_AT_FIRST));
    this.tables = [demo.BIRD_STRIKES, demo.PRODUCT_CATALOG];
    this.counts = new Map([
      [demo.BIRD_STRIKES, strikes.length],
      [demo.PRODUCT_CATALOG, products.length],
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
        const { write, state } = this.demo.nextWrite(this.random, this.state);
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
    this.simulator.split(this.demo.BIRD_STRIKES);
  }

  async stop(): Promise<void> {
    this.stopWriting();
    await this.listening?.close();
  }

  private fill(table: string, key: string, items: readonly SimulatorRoom.Item[]): void {
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

function demoSettings(tables: readonly string[], to: string, endpoint: string): Settings {
  return settingsOf({
    tables,
    bucket: BUCKET,
    to,
    endpoint,
    region: 'eu-west-1',
    clockRate: CLOCK_RATE,
    log: { format: 'human', summaryMs: 2_000 },
  });
}

function removeFile(path: string): void {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  for (const file of [path, `${path}.wal`]) rmSync(file, { force: true });
}

function introduce(session: Session, source: Source, url: string): void {
  session.say('A DynamoDB table in a DuckDB file, on this machine alone: no account, nothing leaves it.');
  session.say('');
  session.say(`A local AWS listens on ${url}. Its clock runs ${CLOCK_RATE} times faster than yours, so its`);
  session.say('minutes are your seconds; waits and lag below are by that clock. Its tables are 6 hours old:');
  for (const [table, items] of source.counts)
    session.say(`  ${table.padEnd(16)} ${count(items).padStart(6)} items`);
  session.say('  (bird strikes reported to the US FAA; a catalog of the shape of AWS’s sample tables)');
  session.say(`An application writes ${WRITES_PER_SECOND} times a second to both, from now on.`);
  session.say('');
}

async function tell(session: Session, source: Source, terminal: Terminal, follow: boolean): Promise<void> {
  const signal = terminal.interrupted;
  const pause = (ms: number) => new LocalClock().sleep(ms, signal);
  const published = Promise.all(source.tables.map((table) => untilPublished(session, table)));
  const lags = lagsOf(session);
  source.startWriting();

  await published;
  session.say('');
  session.say('Both tables are loaded, with what changed meanwhile. Now every change follows:');
  await pause(FOLLOW_MS / 2);
  source.split();
  session.say('A shard of bird-strikes has split; its children are read after it.');
  await pause(FOLLOW_MS / 2);
  source.stopWriting();

  session.say('');
  session.say(
    `The application pauses after ${counted(source.writes, 'write')}. Verify: compare every cell with a new export.`,
  );
  const reports = await Promise.all(
    source.tables.map(async (table) => ({ table, result: await session.replicator.verify(table) })),
  );
  session.say('');
  for (const report of reports) session.say(verdict(report).trimEnd());
  for (const query of QUERIES) await show(session, query);
  session.say('');
  session.say(lagText(lags()));
  if (!follow) return;

  session.say('');
  session.say('The application writes again. Ctrl-C stops.');
  source.startWriting();
  await new Promise<void>((stop) => {
    if (signal.aborted) stop();
    signal.addEventListener('abort', () => stop(), { once: true });
  });
  source.stopWriting();
}

const QUERIES: readonly string[] = [
  `SELECT species, count(*) AS strikes, max("costTotal") AS dearest
FROM "bird-strikes"
WHERE size = 'Large' GROUP BY species ORDER BY strikes DESC, species LIMIT 5`,
  `SELECT "ProductCategory", count(*) AS products, min("Price") AS cheapest, max("Price") AS dearest
FROM "product-catalog"
GROUP BY ALL ORDER BY ALL`,
];

async function show(session: Session, sql: string): Promise<void> {
  const { columns, rows } = await session.destination.query(sql);
  session.say('');
  for (const line of sql.split('\n')) session.say(`> ${line}`);
  for (const line of textTable(columns, rows).split('\n')) session.say(`  ${line}`);
}

function untilPublished(session: Session, table: string): Promise<void> {
  return new Promise((resolve) => {
    session.events.on('pipeline.published', ({ pipeline }) => {
      if (tableOf(pipeline) === table) resolve();
    });
  });
}

/** Lags of the batches that held records, in ms of the service's clock, once everything was published. */
function lagsOf(session: Session): () => readonly number[] {
  const lags: number[] = [];
  const following = new Set<string>();
  session.events.on('pipeline.published', ({ pipeline }) => following.add(pipeline));
  session.events.on('stream.batch', ({ pipeline, records, lagMs }) => {
    if (following.has(pipeline) && records > 0) lags.push(lagMs);
  });
  return () => [...lags].sort((a, b) => a - b);
}

function lagText(lags: readonly number[]): string {
  const [median = 0, longest = 0] = [lags[Math.floor(lags.length / 2)], lags.at(-1)];
  const real = (ms: number) => `${Math.round(ms / CLOCK_RATE)} ms`;
  return (
    `Lag while following: ${duration(median)} in the middle, ${duration(longest)} at most by the service's clock ` +
    `(${real(median)} and ${real(longest)} by yours).`
  );
}
