import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { main } from '../../command/main';
import { type Knobs, type Listening, RunningClock, Simulator } from '../../simulator';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';
import { pictureIfStalled } from '../tiers/progress';
import { keptEnvironment } from '../environment';

/** How many times as fast as real time the clock runs: the pauses that the rules require take less than a second. */
export const RATE = 1_000;
const HOUR = 3_600_000;
export const TABLE = 'orders';
export const BUCKET = 'my-exports';
export const PREFIX = 'some/prefix';

/** Exit code and output of a command. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Standard output and standard error together. */
  readonly all: string;
}

const CLEAN = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** A correct source, a folder for the destination, and the command line. */
export class Place {
  readonly simulator: Simulator;
  readonly folder = mkdtempSync(join(tmpdir(), 'replicator-bad-input-'));
  private readonly restoreEnvironment = keptEnvironment();

  private constructor(
    simulator: Simulator,
    private readonly listening: Listening,
  ) {
    this.simulator = simulator;
    for (const name of Object.keys(process.env))
      if (name.startsWith('AWS_')) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, CLEAN);
  }

  static async open(
    options: { readonly knobs?: Partial<Knobs>; readonly items?: number } = {},
  ): Promise<Place> {
    const simulator = new Simulator({
      clock: new RunningClock(RATE, Date.now() - 6 * HOUR),
      knobs: { exportDurationMs: [60_000, 60_000], ...options.knobs },
    });
    simulator.s3.createBucket(BUCKET);
    const place = new Place(simulator, await simulator.listen());
    place.createTable(TABLE);
    for (let id = 0; id < (options.items ?? 20); id++) place.put(TABLE, id);
    simulator.clock.advance?.(3 * HOUR);
    return place;
  }

  async close(): Promise<void> {
    this.restoreEnvironment();
    await this.listening.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get url(): string {
    return this.listening.url;
  }

  get to(): string {
    return join(this.folder, 'orders.duckdb');
  }

  createTable(
    name: string,
    stream: object = { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  ): void {
    this.call('CreateTable', {
      TableName: name,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...('StreamEnabled' in stream ? { StreamSpecification: stream } : {}),
    });
    this.setRecovery(name, true);
  }

  setRecovery(name: string, enabled: boolean): void {
    this.call('UpdateContinuousBackups', {
      TableName: name,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: enabled },
    });
    this.simulator.clock.advance?.(60_000);
  }

  put(table: string, id: number, value = 'a value'): void {
    this.call('PutItem', { TableName: table, Item: { id: { N: String(id) }, value: { S: value } } });
  }

  call(operation: string, input: Record<string, unknown>): unknown {
    return this.simulator.call('dynamodb', operation, input);
  }

  /** A command line with correct flags. A later flag overrides an earlier one. */
  words(verb: string, ...more: string[]): string[] {
    return [
      verb,
      ...(more.includes('--table') ? [] : ['--table', TABLE]),
      ...(more.includes('--bucket') ? [] : ['--bucket', `${BUCKET}/${PREFIX}`]),
      ...(more.includes('--to') ? [] : ['--to', this.to]),
      ...['--region', this.simulator.region, '--endpoint', this.url, '--clock-rate', String(RATE)],
      ...more,
    ];
  }

  /** Runs a command until it ends by itself. */
  async say(...words: string[]): Promise<Said> {
    const terminal = new FakeTerminal();
    return saidAtEnd(terminal, main(words, terminal));
  }

  /** Runs a command until `done` holds, then stops it cleanly. */
  async sayUntil(words: readonly string[], done: (terminal: FakeTerminal) => boolean): Promise<Said> {
    const terminal = new FakeTerminal();
    let ended = false;
    const said = saidAtEnd(terminal, main(words, terminal)).finally(() => (ended = true));
    while (!ended && !done(terminal)) await pause(20);
    terminal.interrupt();
    return said;
  }

  /** Keys in the bucket. */
  objects(bucket = BUCKET): string[] {
    return this.simulator.s3.listObjects(bucket).objects.map(({ key }) => key);
  }

  exports(): number {
    return (this.call('ListExports', {}) as { ExportSummaries: unknown[] }).ExportSummaries.length;
  }

  /** Asserts that the destination's folder and the bucket are still empty and no export was requested. */
  assertNothingWritten({ but = [] }: { readonly but?: readonly string[] } = {}): void {
    assert.deepEqual(existsSync(this.folder) ? readdirSync(this.folder) : [], [], 'files of the destination');
    assert.equal(this.exports(), 0, 'exports');
    assert.deepEqual(this.objects(), but, 'objects in the bucket');
  }

  /** The content of the destination's file, to compare later. */
  content(path = this.to): string {
    return readFileSync(path).toString('base64');
  }
}

async function saidAtEnd(terminal: FakeTerminal, command: Promise<number>): Promise<Said> {
  const takeBack = pictureIfStalled(
    () => `It has said:\n${(terminal.written + terminal.complained).slice(-4_000)}`,
  );
  try {
    const code = await command;
    const [out, err] = [terminal.written, terminal.complained];
    return { code, out, err, all: out + err };
  } finally {
    takeBack();
  }
}
