import { mkdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Option } from 'commander';
import type * as SimulatorRoom from '../../simulator';
import type * as DemoRoom from '../../simulator/demo';
import type * as PostgresRoom from '../../simulator/postgres';
import type * as RandomRoom from '../../simulator/random';
import { settingsOf, type Settings } from '../config';
import { count } from '../observe/figures';
import { tour } from './demo-tour';
import { EXIT, WrongUse } from './exit-codes';
import { numberIn } from './number-in';
import { Session } from './session';
import type { Verb } from './verb';
import { whileRunning } from './while-running';

/** Service seconds per second of the demo, unless tests ask for more. */
const CLOCK_RATE = '60';
const HOUR = 3_600_000;
/** How old the tables are when the replicator first sees them. */
const AGE_MS = 6 * HOUR;
const STRIKES_AT_FIRST = 4_000;
const PRODUCTS_AT_FIRST = 300;
const BUCKET = 'demo-exports';
const WRITES_PER_SECOND = 40;
const WRITE_EVERY_MS = 50;
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
        '--to <FILE.duckdb|postgres>',
        'where the rows go: a file, which is replaced; "postgres" starts a server for the demo; or postgres://…',
        '.replicator/demo.duckdb',
      )
      .addOption(new Option('--clock-rate <times>').default(CLOCK_RATE).hideHelp())
      .allowExcessArguments(false);
  },
  async carryOut(command, terminal) {
    const {
      follow = false,
      to,
      clockRate: rate,
    } = command.opts<{ follow?: boolean; to: string; clockRate: string }>();
    const clockRate = numberIn(rate, '--clock-rate', 1, 100_000);
    const place = await makePlace(to);
    const source = new Source(clockRate);
    const url = await source.start();
    try {
      const settings = demoSettings(source.tables, place.to, url, clockRate);
      const session = await Session.open(settings, terminal, terminal.output, {
        accessKeyId: 'demo',
        secretAccessKey: 'demo',
      });
      try {
        introduce(session, source, url, place);
        await whileRunning(session, terminal.interrupted, 'demo', () =>
          tour(session, source, { signal: terminal.interrupted, follow, clockRate }),
        );
      } finally {
        await session.close();
      }
      terminal.output.write(`\n${place.farewell}\n`);
      return EXIT.fine;
    } finally {
      await source.stop();
      await place.remove();
    }
  },
};

/** Where the rows of the demo go. */
interface Place {
  /** As `--to` takes it. */
  readonly to: string;
  /** For the first line. */
  readonly what: string;
  /** How to look into it meanwhile, where that is possible. */
  readonly look: string | undefined;
  /** What becomes of the rows. */
  readonly farewell: string;
  remove(): Promise<void>;
}

/** @throws WrongUse when a server is wanted and there is none to start */
async function makePlace(to: string): Promise<Place> {
  if (/^postgres(ql)?:/i.test(to)) {
    const database = new URL(to).pathname.slice(1);
    return {
      to,
      what: 'a PostgreSQL database',
      look: undefined,
      farewell: `The rows are in PostgreSQL, database ${database}, tables "bird-strikes" and "product-catalog".`,
      remove: async () => undefined,
    };
  }
  if (!/^postgres(ql)?$/i.test(to)) {
    removeFile(to);
    return {
      to,
      what: 'a DuckDB file',
      look: undefined,
      farewell: `The rows are in ${resolve(to)}; open it with any DuckDB.`,
      remove: async () => undefined,
    };
  }
  // oxlint-disable-next-line typescript/no-require-imports
  const { LocalPostgres, NoPostgres } = require('../../simulator/postgres') as typeof PostgresRoom;
  const server = await LocalPostgres.start().catch((error: unknown) => {
    throw error instanceof NoPostgres ? new WrongUse(error.message) : error;
  });
  return {
    to: server.url(),
    what: 'a PostgreSQL server',
    look: `psql '${server.url()}'`,
    farewell:
      'The PostgreSQL server of the demo has ended, and the rows with it. To look around in it while it runs: ' +
      'npm start -- --to postgres --follow',
    remove: () => server.stop(),
  };
}

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

  /** @param clockRate service seconds per second */
  constructor(readonly clockRate: number) {
    /* oxlint-disable typescript/no-require-imports */
    const { RunningClock, Simulator } = require('../../simulator') as typeof SimulatorRoom;
    const { Random } = require('../../simulator/random') as typeof RandomRoom;
    const demo = (this.demo = require('../../simulator/demo') as typeof DemoRoom);
    /* oxlint-enable typescript/no-require-imports */
    const clock = new RunningClock(clockRate, Date.now() - AGE_MS);
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

function demoSettings(tables: readonly string[], to: string, endpoint: string, clockRate: number): Settings {
  return settingsOf({
    tables,
    bucket: BUCKET,
    to,
    endpoint,
    region: 'eu-west-1',
    clockRate,
    log: { format: 'human', summaryMs: 2_000 },
  });
}

function removeFile(path: string): void {
  mkdirSync(dirname(resolve(path)), { recursive: true });
  for (const file of [path, `${path}.wal`]) rmSync(file, { force: true });
}

function introduce(session: Session, source: Source, url: string, { what, look }: Place): void {
  session.say(`A DynamoDB table in ${what}, on this machine alone: no account, nothing leaves it.`);
  session.say('');
  session.say(
    `A local AWS listens on ${url}. Its clock runs ${source.clockRate} times faster than yours, so its`,
  );
  session.say('minutes are your seconds; waits and lag below are by that clock. Its tables are 6 hours old:');
  for (const [table, items] of source.counts)
    session.say(`  ${table.padEnd(16)} ${count(items).padStart(6)} items`);
  session.say('  (bird strikes reported to the US FAA; a catalog of the shape of AWS’s sample tables)');
  session.say(`An application writes ${WRITES_PER_SECOND} times a second to both, from now on.`);
  if (look !== undefined) session.say(`Look at the rows meanwhile, from another terminal: ${look}`);
  session.say('');
}
