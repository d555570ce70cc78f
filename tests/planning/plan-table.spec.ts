import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '../../runtime/verbs/exit-codes';
import { main } from '../../command/main';
import { type Listening, RunningClock, Simulator } from '../../simulator';
import { FakeTerminal } from '../runtime/verbs/fake-terminal';
import { keptEnvironment } from '../environment';

const HOUR = 3_600_000;

/** The verbs for planning, against a simulator over real sockets. */
describe('planning', () => {
  let folder: string;
  let simulator: Simulator;
  let listening: Listening;
  const restoreEnvironment = keptEnvironment();

  const call = (operation: string, input: Record<string, unknown>) =>
    simulator.call('dynamodb', operation, input);
  const create = (name: string, settings: object = {}) =>
    call('CreateTable', {
      TableName: name,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      ...settings,
    });
  const run = async (...words: readonly string[]) => {
    const terminal = new FakeTerminal({ DYNAMODB_REPLICATOR_ENDPOINT: listening.url });
    const code = await main([...words, '--region', simulator.region], terminal);
    return { code, ...terminal, written: terminal.written, complained: terminal.complained };
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-plan-'));
    simulator = new Simulator({ clock: new RunningClock(1, Date.now() - 8 * HOUR) });
    create('orders');
    create('customers', {
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    call('UpdateContinuousBackups', {
      TableName: 'customers',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    for (let id = 0; id < 20; id++)
      call('PutItem', {
        TableName: 'orders',
        Item: {
          id: { N: String(id) },
          total: { N: id === 7 ? '12.50' : '3' },
          tags: { SS: ['a', 'b'] },
          ...(id === 19 && { late: { S: 'x' } }),
        },
      });
    simulator.clock.advance?.(7 * HOUR);
    listening = await simulator.listen();
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' });
  });
  after(async () => {
    await listening.close();
    restoreEnvironment();
    rmSync(folder, { recursive: true });
  });

  it('prints the settings for a table whose stream and recovery are off', async () => {
    const { code, written } = await run('plan-table', 'orders', '--sample', '0');
    assert.equal(code, EXIT.fine);
    assert.match(written, /^# orders: 20 items, /);
    assert.match(
      written,
      /# off: stream with new images, point-in-time recovery\. Enable turns on what is off/,
    );
    assert.match(written, /\n- name: orders\n {2}management: Enable\n/);
    assert.match(written, /orders: export +once +\$0\.00 +\$0\.10 per GB of table exported +unconfirmed/);
    assert.doesNotMatch(written, /Columns/);
  });

  it('prints only the name of a table that is ready', async () => {
    const { written } = await run('plan-table', 'customers', '--sample', '0');
    assert.match(
      written,
      /# stream and point-in-time recovery are on; the stack does not change the table\n- name: customers\n\n/,
    );
    assert.match(written, /customers: point-in-time recovery \(already on\)/);
  });

  it('prints the columns of a sample, and before that what the sample costs', async () => {
    const { written, complained } = await run('plan-table', 'orders');
    assert.match(complained, /^One Scan now reads up to 100 items: about [\d.]+ read units, at most 128\.\n/);
    assert.match(complained, /The Scan used [\d.]+ read units\./);
    assert.match(written, /Columns in PostgreSQL, from 20 items/);
    assert.match(written, /\nid +numeric +partition key\n/i);
    assert.match(written, /\ntotal +numeric\S* +attribute\n/i);
    assert.match(written, /\ntags +jsonb? +attribute\n/i);
    assert.match(written, /\nlate +text +attribute\n/i);
  });

  it('reads no more items than you ask for', async () => {
    const { written } = await run('plan-table', 'orders', '--sample', '1');
    assert.match(written, /from 1 items/);
  });

  it('prints what scheduled verifies cost a month, and refuses an interval that is none', async () => {
    for (const words of [
      ['plan-table', 'orders', '--sample', '0'],
      ['estimate', '--table', 'orders'],
    ]) {
      assert.doesNotMatch((await run(...words)).written, /verifies/);
      const { written } = await run(...words, '--verify-every', '7d');
      assert.match(
        written,
        /orders: exports for 4\.3 verifies +a month +\$0\.00 +\$0\.10 per GB of table exported/,
      );
      assert.match(written, /orders: these exports, kept for 14 days +a month/);
      const { code, complained } = await run(...words, '--verify-every', '7');
      assert.equal(code, EXIT.wrongUse);
      assert.match(complained, /verify\.every.*expected a duration of at least 1 hour, such as 7d or 24h/);
    }
  });

  it('uses your own prices', async () => {
    const file = join(folder, 'prices.json');
    writeFileSync(file, '{"exportGb": 0.5}');
    const { written } = await run('plan-table', 'orders', '--sample', '0', '--prices', file);
    assert.ok(written.includes('$0.50 per GB of table exported'));
    assert.ok(written.includes(file));
  });

  it('refuses a file of prices that cannot be read', async () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, '{');
    for (const [file, problem] of [
      ['nofile.json', 'nofile.json does not exist'],
      [folder, `${folder} is a folder, not a file`],
      [broken, `${broken}: not valid JSON (`],
    ] as const) {
      const { code, complained } = await run('plan-table', 'orders', '--prices', file);
      assert.equal(code, EXIT.wrongUse, complained);
      assert.ok(complained.startsWith(`--prices: ${problem}`), complained);
    }
  });

  it('refuses a table that does not exist and a number that is none', async () => {
    assert.equal((await run('plan-table', 'ordres')).code, EXIT.failed);
    const wrong = await run('plan-table', 'orders', '--sample', 'many');
    assert.equal(wrong.code, EXIT.wrongUse);
    assert.match(wrong.complained, /--sample: expected a whole number, not many/);
    assert.equal((await run('plan-table')).code, EXIT.wrongUse);
    for (const words of [
      ['plan-table', 'or'],
      ['estimate', '--table', 'or'],
    ]) {
      const short = await run(...words);
      assert.equal(short.code, EXIT.wrongUse);
      assert.match(short.complained, /^or: expected a table name of 3 to 255 letters, digits, _ \. -\n$/);
    }
  });

  it('estimates tables by name, with the task that they share', async () => {
    const { code, written } = await run('estimate', '--table', 'orders', '--table', 'customers');
    assert.equal(code, EXIT.fine);
    assert.match(written, /task: 0\.5 vCPU, ARM +a month +\$11\.82/);
    assert.match(written, /34 metrics/);
    assert.match(written, /orders: export +once/);
    assert.match(written, /customers: export +once/);
    assert.match(
      written,
      /\n\$0\.00 once, \$\d+\.\d\d a month, \$\d+\.\d\d of it for the stack itself\. A GB has 2\^30 bytes, as AWS bills it\. List prices of us-east-1 as of \d{4}-\d\d-\d\d/,
    );
  });

  it('estimates a stack by its file', async () => {
    const file = join(folder, 'Pulumi.prod.yaml');
    writeFileSync(
      file,
      'config:\n  dynamodb-replicator:tables:\n    - name: orders\n  dynamodb-replicator:task:\n    cpu: 2048\n    memoryMiB: 4096\n    architecture: X86_64\n',
    );
    const { written } = await run('estimate', '--stack-file', file);
    assert.match(written, /task: 2 vCPU, x86 +a month +\$59\.10/);
    assert.match(written, /task: 4 GiB/);
  });

  it('includes the scheduled verifies of a stack file, with their alarms and metrics', async () => {
    const file = join(folder, 'Pulumi.verified.yaml');
    const tables = 'config:\n  dynamodb-replicator:tables:\n    - name: orders\n';
    writeFileSync(file, `${tables}  dynamodb-replicator:settings:\n    verify:\n      every: 1d\n`);
    const { written } = await run('estimate', '--stack-file', file);
    assert.match(written, /orders: exports for 30\.4 verifies/);
    assert.match(written, /27 metrics/);
    assert.match(written, /9 alarms/);
    const { written: monthly } = await run('estimate', '--stack-file', file, '--verify-every', '30d');
    assert.match(monthly, /orders: exports for 1 verifies/);
    writeFileSync(file, tables);
    const { written: without } = await run('estimate', '--stack-file', file);
    assert.match(without, /23 metrics/);
    assert.match(without, /7 alarms/);
  });

  it('keeps exports as long as the stack file’s bucket, unless you say otherwise', async () => {
    const file = join(folder, 'Pulumi.kept.yaml');
    const tables = 'config:\n  dynamodb-replicator:tables:\n    - name: orders\n';
    writeFileSync(file, `${tables}  dynamodb-replicator:exportBucket:\n    expirationDays: 90\n`);
    const { written } = await run('estimate', '--stack-file', file);
    assert.match(written, /orders: export, kept for 90 days/);
    const { written: other } = await run('estimate', '--stack-file', file, '--export-days', '14');
    assert.match(other, /orders: export, kept for 14 days/);
  });

  it('includes the tables of the teams’ files beside the stack file', async () => {
    const file = join(folder, 'Pulumi.dev.yaml');
    writeFileSync(file, 'config: {}\n');
    mkdirSync(join(folder, 'tables'));
    writeFileSync(join(folder, 'tables/shop.yaml'), 'dev:\n  - name: customers\nprod:\n  - name: orders\n');
    writeFileSync(join(folder, 'tables/empty.yaml'), '# nothing yet\n');
    const { written } = await run('estimate', '--stack-file', file);
    assert.match(written, /customers: export/);
    assert.doesNotMatch(written, /orders: export/);
  });

  it('reports that there are no tables, or that the file is missing', async () => {
    assert.match((await run('estimate')).complained, /No tables\. .*--stack-file.*--table/);
    assert.match(
      (await run('estimate', '--stack-file', 'nowhere.yaml')).complained,
      /^--stack-file: nowhere\.yaml does not exist\n$/,
    );
  });

  it('names the team’s file that cannot be read', async () => {
    const beside = mkdtempSync(join(folder, 'teams-'));
    const file = join(beside, 'Pulumi.dev.yaml');
    writeFileSync(file, 'config: {}\n');
    mkdirSync(join(beside, 'tables'));
    writeFileSync(join(beside, 'tables/shop.yaml'), 'dev: [');
    const { code, complained } = await run('estimate', '--stack-file', file);
    assert.equal(code, EXIT.wrongUse);
    assert.match(complained, /--stack-file: .*tables\/shop\.yaml cannot be read: /);
  });
});
