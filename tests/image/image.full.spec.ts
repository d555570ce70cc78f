import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RUNTIME_STOP_MS } from '../../infra/plan/container';
import { type ContainerSettings, environmentOf } from '../../infra/plan/environment';
import { taskDocument } from '../../infra/plan/iam/documents';
import { tasksTrust } from '../../infra/plan/iam/trust';
import { METRICS, VERIFY_METRICS } from '../../runtime/observe/metrics';
import { type Command, endAll } from '../end-to-end/command';
import { assertEqual } from '../end-to-end/contents';
import { freePort } from '../../demo/postgres';
import { caughtUp } from '../end-to-end/settle';
import { BUCKET, Source, type SourceTable } from '../end-to-end/source';
import { figuresOf } from '../runtime/observe/embedded-metric-format';
import { createDatabase, requirePostgres, type TestDatabase } from '../postgres-server';
import { skipLoudly } from '../skip-loudly';
import { createLogin, type Login } from '../service-login';
import { byText, plainCells, textRows } from './destination';
import { missingInBase, nativeCode, rootfs } from './rootfs';
import { evaluate, runImage, sandboxLacking } from './sandbox';

const ROLE = 'arn:aws:iam::123456789012:role/orders-dev-task';

const METRICS_WITHOUT_SCHEDULE = Object.values(METRICS).filter((metric) => !VERIFY_METRICS.includes(metric));

describe('The files of the image, as nobody, with a read-only root and no capability', () => {
  let data: string;

  before(async function () {
    const lacking = sandboxLacking();
    if (lacking !== undefined) skipLoudly(this, lacking);
    await rootfs();
  });
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'replicator-image-'));
    chmodSync(data, 0o777);
  });
  afterEach(() => rmSync(data, { recursive: true, force: true }));

  it('run with those restrictions', async () => {
    const program = `
      const fs = require('node:fs');
      const outcome = (path) => {
        try { fs.writeFileSync(path, 'x'); return 'written'; } catch (error) { return error.code; }
      };
      const status = fs.readFileSync('/proc/self/status', 'utf8');
      console.log(JSON.stringify({
        user: [process.getuid(), process.getgid(), process.pid],
        capabilities: /CapEff:\\s*(\\w+)/.exec(status)[1],
        noNewPrivileges: /NoNewPrivs:\\s*(\\d)/.exec(status)[1],
        writes: ['/app/x', '/etc/x', '/x', '/tmp/x'].map(outcome),
        shell: fs.existsSync('/bin/sh'),
      }));`;
    assert.deepEqual(JSON.parse(await evaluate(program, data)), {
      user: [65_532, 65_532, 1],
      capabilities: '0000000000000000',
      noNewPrivileges: '1',
      writes: ['EROFS', 'EROFS', 'EROFS', 'written'],
      shell: false,
    });
  });

  it('need no library that distroless Node does not have', async () => {
    const files = nativeCode(await rootfs());
    assert.ok(files.length >= 2, 'DuckDB’s engine is among them');
    for (const file of files) assert.deepEqual(missingInBase(file), [], file);
  });

  describe('against a simulator that enforces the task role’s policy', () => {
    let source: Source;
    let orders: SourceTable;
    let port: number;

    beforeEach(async () => {
      source = await Source.start({
        seed: 41,
        rate: 120,
        knobs: { partitions: 2, exportDurationMs: [60_000, 90_000] },
      });
      orders = source.table('orders', 400);
      port = await freePort();
      allow([]);
    });
    afterEach(async () => {
      await endAll();
      await source.stop();
    });

    /** Gives the role the policy that the stack gives it, for a destination with its password in these secrets. */
    function allow(secretArns: readonly string[]): void {
      const { region, accountId: account, iam } = source.simulator;
      const document = taskDocument({
        tables: [{ arn: `arn:aws:dynamodb:${region}:${account}:table/orders` }],
        exports: { arn: `arn:aws:s3:::${BUCKET}`, prefix: 'here', isForeign: false },
        secrets: secretArns.map((arn) => ({ arn })),
      });
      iam.putRole(ROLE, { policies: [document], trust: tasksTrust({ partition: 'aws', account, region }) });
    }

    /** The container's settings, and those that the simulator needs. */
    const environmentFor = (destination: ContainerSettings): Record<string, string> => ({
      ...environmentOf({
        tables: [{ name: 'orders' }],
        bucket: { name: BUCKET, prefix: 'here' },
        ...destination,
        onGap: 'wait',
        region: source.simulator.region,
        poll: { minMs: 4_000, exportMs: 10_000 },
        timeouts: { stopMs: RUNTIME_STOP_MS },
        health: { port },
        metrics: { namespace: 'Tests', replicator: 'orders-dev' },
        log: { format: 'json', level: 'info', summaryMs: 1_000 },
      }),
      DYNAMODB_REPLICATOR_ENDPOINT: source.url,
      DYNAMODB_REPLICATOR_CLOCK_RATE: '120',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${source.url}/_simulator/credentials?role=${ROLE}`,
      AWS_EC2_METADATA_DISABLED: 'true',
    });

    /** Runs from the start to SIGTERM, with health, metrics and permissions as in a service. */
    async function replicate(environment: Record<string, string>): Promise<void> {
      const healthcheck = async () => (await runImage(['healthcheck'], environment, data)).end();
      const command: Command = await runImage(['run'], environment, data);
      await command.phase('start');
      assert.equal((await healthcheck()).code, 0);
      await command.phase('stream');
      for (let write = 0; write < 100; write++) orders.writeOne();
      await caughtUp(command, [orders]);

      const asked = await healthcheck();
      assert.deepEqual([asked.code, asked.stdout], [0, 'orders: following the stream\n'], asked.stderr);
      command.send('SIGTERM');
      const { code, stderr } = await command.end();
      assert.deepEqual([code, stderr], [0, ''], command.picture());
      assert.equal((await healthcheck()).code, 1, 'the process has ended');

      const written = command.lines
        .filter(({ text }) => text.startsWith('{"_aws"'))
        .flatMap(({ text }) => figuresOf(text));
      assert.deepEqual(
        new Set(written.map(({ name }) => name)),
        new Set(METRICS_WITHOUT_SCHEDULE.map(({ name }) => name as string)),
      );
      const { decisions } = source.simulator.iam;
      assert.ok(decisions.length > 20 && decisions.every(({ isAllowed }) => isAllowed));
      assert.ok(
        decisions.every(({ by }) => by.startsWith('arn:aws:sts::123456789012:assumed-role/orders-dev-task/')),
      );
    }

    describe('and a PostgreSQL server', () => {
      before(requirePostgres);
      let database: TestDatabase;
      let login: Login;

      beforeEach(async () => {
        database = await createDatabase();
        login = await createLogin(database);
        const { username, password } = login;
        const { arn } = source.simulator.secrets.put('warehouse', JSON.stringify({ username, password }));
        allow([arn]);
        environment = environmentFor({
          to: 'postgres',
          postgres: { host: login.host, port: login.port, database: database.name, passwordSecret: arn },
        });
      });
      afterEach(async () => {
        await endAll();
        await login.drop();
        await database.drop();
      });
      let environment: Record<string, string>;

      it('replicate a table with the credentials of its task: secret, load, stream, health, metrics, SIGTERM', async () => {
        await replicate(environment);
        const { decisions } = source.simulator.iam;
        assert.ok(decisions.some(({ action }) => action === 'secretsmanager:GetSecretValue'));
        const rows = await textRows(database, 'orders');
        assert.deepEqual(rows, orders.items().map(plainCells).sort(byText));
        const verify = await (await runImage(['verify', '--yes'], environment, data)).end();
        assert.match(verify.stdout, /orders: \d+ rows compared, 0 differences/, verify.stderr);
      });

      it('check what a run needs, and end with a message and 1 if a permission is missing', async () => {
        const fine = await (await runImage(['check'], environment, data)).end();
        assert.equal(fine.code, 0, fine.stdout + fine.stderr);
        allow([]);
        const blind = await runImage(['run'], environment, data);
        await blind.line('what it lacks', ({ text }) =>
          /"destination.awaited".*needs secretsmanager:GetSecretValue/.test(text),
        );
        blind.send('SIGTERM');
        assert.equal((await blind.end()).code, 0, 'a stop is no failure');
        source.simulator.iam.putRole(ROLE, {
          policies: [],
          trust: tasksTrust({ partition: 'aws', account: '123456789012', region: 'eu-west-1' }),
        });
        const refused = await (
          await runImage(['run'], environmentFor({ to: '/data/orders.duckdb' }), data)
        ).end();
        assert.equal(refused.code, 1);
        assert.match(
          refused.stdout,
          /needs dynamodb:DescribeTable on arn:aws:dynamodb:eu-west-1:123456789012:table\/orders/,
        );
      });
    });

    it('replicate a table into a DuckDB file, with the engine that the image brings', async () => {
      await replicate(environmentFor({ to: '/data/orders.duckdb' }));
      await assertEqual(join(data, 'orders.duckdb'), orders, 'after the stop');
    });
  });

  it('know only the verbs of a service, and their version', async () => {
    const version = await (await runImage(['--version'], {}, data)).end();
    assert.match(version.stdout, /^\d+\.\d+\.\d+\n$/);
    const demo = await (await runImage(['demo'], {}, data)).end();
    assert.equal(demo.code, 2);
    assert.match(demo.stderr, /Unknown command: demo/);
  });
});
