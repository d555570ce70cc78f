import assert from 'node:assert/strict';
import { DuckDBInstance } from '@duckdb/node-api';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { EXIT } from '../../runtime/verbs/exit-codes';
import { main } from '../../command/main';
import type { CheckedRequirement } from '../../runtime/check';
import type { PipelineReport } from '../../runtime/control/report';
import { type Listening, RunningClock, Simulator } from '../../simulator';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';
import { keptEnvironment } from '../environment';

const RATE = 120;
const HOUR = 3_600_000;
const HEADS = '_replicator.heads';

/** The verbs against a simulator over real sockets and a real DuckDB file. */
describe('verbs', () => {
  let folder: string;
  let simulator: Simulator;
  let listening: Listening;
  let environment: Record<string, string>;
  const restoreEnvironment = keptEnvironment();

  const call = (operation: string, input: Record<string, unknown>) =>
    simulator.call('dynamodb', operation, input);
  const put = (id: number, value: string) =>
    call('PutItem', { TableName: 'orders', Item: { id: { N: String(id) }, value: { S: value } } });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-verbs-'));
    simulator = new Simulator({
      clock: new RunningClock(RATE, Date.now() - 6 * HOUR),
      knobs: { exportDurationMs: [60_000, 60_000] },
    });
    call('CreateTable', {
      TableName: 'orders',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    for (let id = 0; id < 50; id++) put(id, 'first');
    simulator.s3.createBucket('my-exports');
    simulator.clock.advance?.(6 * HOUR);
    listening = await simulator.listen();
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
    environment = {
      DYNAMODB_REPLICATOR_TABLES: 'orders',
      DYNAMODB_REPLICATOR_BUCKET: 'my-exports/pre/fix',
      DYNAMODB_REPLICATOR_TO: join(folder, 'orders.duckdb'),
      DYNAMODB_REPLICATOR_ENDPOINT: listening.url,
      DYNAMODB_REPLICATOR_REGION: simulator.region,
      DYNAMODB_REPLICATOR_CLOCK_RATE: String(RATE),
    };
  });

  after(async () => {
    await listening.close();
    restoreEnvironment();
    rmSync(folder, { recursive: true });
  });

  const say = async (words: string[], answer?: boolean) => {
    const terminal = new FakeTerminal(environment, answer);
    const code = await main(words, terminal);
    return { code, out: terminal.written, err: terminal.complained, questions: terminal.questions };
  };

  it('check marks what is missing, with the command that fixes it, and checks everything', async () => {
    const { code, out } = await say(['check']);
    assert.equal(code, EXIT.failed);
    const lines = out.split('\n');
    assert.match(out, /^✓ credentials: /m);
    assert.match(out, /^✓ stream with new images on orders: NEW_AND_OLD_IMAGES$/m);
    assert.match(
      out,
      /^✓ bucket my-exports writable: wrote and read s3:\/\/my-exports\/pre\/fix\/check, which stays there$/m,
    );
    assert.match(out, /^✓ destination reachable and writable: DuckDB file /m);
    const cross = lines.findIndex((line) => line.startsWith('✗ point-in-time recovery on orders: off'));
    assert.match(
      lines[cross + 1] as string,
      /^ {4}aws dynamodb update-continuous-backups --table-name orders .*PointInTimeRecoveryEnabled=true --region eu-west-1 --endpoint-url http/,
    );
    assert.ok(!existsSync(environment['DYNAMODB_REPLICATOR_TO'] as string), 'a check creates no file');
  });

  it('check --json reports the same; after that command everything is met', async () => {
    call('UpdateContinuousBackups', {
      TableName: 'orders',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    simulator.clock.advance?.(60_000);
    const { code, out } = await say(['check', '--json']);
    const lines = JSON.parse(out) as CheckedRequirement[];
    assert.deepEqual([...new Set(lines.map(({ outcome }) => outcome))], ['met']);
    assert.equal(lines.length, 6);
    assert.equal(code, EXIT.fine);
  });

  it('check of a missing table leaves the table’s other requirements unchecked', async () => {
    const { code, out } = await say(['check', '--table', 'nothing']);
    assert.equal(code, EXIT.failed);
    assert.match(out, /^✗ table nothing: There is no table nothing at .*\.\n {4}aws dynamodb list-tables/m);
    assert.match(out, /^- stream with new images on nothing \(not checked\): the table was not found$/m);
  });

  it('status of a missing file says so and creates none', async () => {
    const { code, out } = await say(['status']);
    assert.equal(code, EXIT.fine);
    assert.match(out, /No replicator is running\.\nDuckDB file \S+ does not exist\.\n$/);
    assert.ok(!existsSync(environment['DYNAMODB_REPLICATOR_TO'] as string));
  });

  it('run, status, verify and resync work side by side; a run that is stopped ends with 0', async () => {
    const terminal = new FakeTerminal({ ...environment, DYNAMODB_REPLICATOR_LOG_FORMAT: 'json' });
    const run = main(['run'], terminal);
    const report = async () => (JSON.parse((await say(['status', '--json'])).out) as PipelineReport[])[0];
    while ((await report())?.phase !== 'stream') await pause(50);
    const { rows, running, deadLetters, alive, table } = (await report()) as PipelineReport;
    assert.deepEqual(
      { rows, running, deadLetters, alive, table },
      { rows: 50, running: true, deadLetters: 0, alive: true, table: 'orders' },
    );

    const named = await say(['status', '--table', 'orders', '--table', 'customers']);
    assert.match(named.out, /\norders\n[^]*\ncustomers\n {2}not replicated into DuckDB file \S+\n$/);
    assert.doesNotMatch((await say(['status', '--table', 'customers'])).out, /\norders\n/);

    const text = await say(['status']);
    assert.match(
      text.out,
      /^A replicator is running \(process \d+\)\.\n\norders\n {2}phase +following\n {2}rows +50\n/,
    );

    const refused = await say(['verify'], false);
    assert.equal(refused.code, EXIT.cutShort);
    assert.match(refused.err, /orders: an export of .* costs less than \$0\.01\./);
    assert.equal(refused.questions.length, 1);
    assert.equal((await say(['verify'])).code, EXIT.wrongUse);

    put(1, 'second');
    const verified = await say(['verify', '--yes', '--json']);
    assert.equal(verified.code, EXIT.fine, verified.err);
    const [comparison] = JSON.parse(verified.out) as {
      table: string;
      differences: number;
      rowsCompared: number;
      keysSkipped: number;
    }[];
    assert.deepEqual([comparison?.table, comparison?.differences], ['orders', 0]);
    // The write may be applied before the verify begins, and be compared, or after that, and be skipped.
    const { rowsCompared = 0, keysSkipped = 0 } = comparison ?? {};
    assert.ok(keysSkipped <= 1, verified.out);
    assert.equal(rowsCompared + keysSkipped, 50);

    const resynced = await say(['resync', '--yes']);
    assert.equal(resynced.code, EXIT.fine, resynced.err);
    assert.equal((await report())?.generation, 2);

    const mistyped = await say(['resync', '--yes', '--table', 'orders', '--table', 'order']);
    assert.equal(mistyped.code, EXIT.failed);
    assert.match(
      mistyped.err,
      /^No running replicator replicates order \(process \d+ replicates orders\)\. Check --table/,
    );
    assert.equal((await report())?.generation, 2);

    const locked = await say(['run']);
    assert.equal(locked.code, EXIT.failed);
    assert.match(locked.err, /A replicator is already running for .*orders\.duckdb \(process \d+\)/);

    terminal.interrupt();
    assert.equal(await run, EXIT.fine, terminal.complained);
    for (const line of terminal.written.trim().split('\n'))
      assert.ok('event' in JSON.parse(line) || 'msg' in JSON.parse(line));
  });

  it('status, verify and resync also work when nothing is running', async () => {
    const [stored] = JSON.parse((await say(['status', '--json'])).out) as PipelineReport[];
    assert.deepEqual([stored?.running, stored?.phase, stored?.rows], [false, 'stopped', 50]);

    const to = environment['DYNAMODB_REPLICATOR_TO'] as string;
    const before = readFileSync(to);
    const verified = await say(['verify', '--yes']);
    assert.equal(verified.code, EXIT.fine, verified.err);
    assert.match(verified.out, /^orders: 50 rows compared, 0 differences\n$/);
    assert.match(verified.err, /Following the stream in a copy, .* the file stays unchanged\.$/m);
    assert.ok(readFileSync(to).equals(before), 'a verify only reads the file');
    assert.deepEqual(readdirSync(folder), ['orders.duckdb']);

    const resynced = await say(['resync', '--yes']);
    assert.equal(resynced.code, EXIT.fine, resynced.err);
    assert.match(resynced.out, /^orders: reloaded and published\.\n$/);
  });

  it('verify and resync with only the destination report that no replicator is running, and how to go on', async () => {
    const to = environment['DYNAMODB_REPLICATOR_TO'] as string;
    for (const [verb, words, given] of [
      ['verify', ['--to', to], {}],
      ['resync', [], { DYNAMODB_REPLICATOR_TO: to }],
    ] as const) {
      const terminal = new FakeTerminal(given);
      assert.equal(await main([verb, ...words], terminal), EXIT.wrongUse);
      assert.match(
        terminal.complained,
        /^No replicator is running for DuckDB file .*orders\.duckdb\. Either start one:\n/,
      );
      for (const command of ['run', verb]) {
        const line = `\n  dynamodb-replicator ${command} --table orders --bucket … --to ${to}\n`;
        assert.ok(terminal.complained.includes(line), terminal.complained);
      }
    }
  });

  it('check has a cross for a table in a gap, with the resync command', async () => {
    const to = environment['DYNAMODB_REPLICATOR_TO'] as string;
    const setGap = async (gap: string) => {
      const instance = await DuckDBInstance.create(to);
      const connection = await instance.connect();
      await connection.run(`UPDATE ${HEADS} SET head = json_merge_patch(head, '{"gap":${gap}}')`);
      connection.closeSync();
      instance.closeSync();
    };
    await setGap('{"reason":"too old","from":0,"to":1}');
    const { code, out } = await say(['check', '--to', to]);
    await setGap('null');
    assert.equal(code, EXIT.failed);
    assert.match(out, /^✗ no gap in the changes of orders: Changes made between .* may be lost: /m);
    const resync =
      `dynamodb-replicator resync --table orders --bucket my-exports/pre/fix --to ${to} --region eu-west-1 ` +
      `--endpoint ${environment['DYNAMODB_REPLICATOR_ENDPOINT']} --clock-rate ${environment['DYNAMODB_REPLICATOR_CLOCK_RATE']}`;
    assert.ok(out.includes(`\n    ${resync}\n`), out);
    assert.equal((await say(['check'])).code, EXIT.fine);
  });

  it('V2: a verify of a table that was never loaded reports that, requests no export and creates no file', async () => {
    const elsewhere = join(folder, 'mistyped.duckdb');
    const verified = await say(['verify', '--yes', '--to', elsewhere]);
    assert.equal(verified.code, EXIT.failed);
    assert.match(
      verified.err,
      /Table orders has not been loaded into DuckDB file .*mistyped\.duckdb, so.*Check --to/,
    );
    assert.ok(!existsSync(elsewhere));
  });

  it('a verify that is interrupted ends with 4', async () => {
    const terminal = new FakeTerminal(environment);
    const verify = main(['verify', '--yes'], terminal);
    while (!(terminal.written + terminal.complained).includes('waiting until an export')) await pause(20);
    terminal.interrupt();
    assert.equal(await verify, EXIT.cutShort, terminal.complained);
  });
});
