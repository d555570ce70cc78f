import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { METRICS, VERIFY_METRICS } from '../../runtime/observe/metrics';
import { createDatabase, requirePostgres, type TestDatabase } from '../postgres-server';
import { Relay } from '../destinations/postgres/relay';
import { type Datum, figuresOf } from '../runtime/observe/embedded-metric-format';
import { full } from '../tiers/tier';
import { Command, endAll, runToEnd } from './command';
import { assertEqual } from './contents';
import { freePort } from '../../demo/postgres';
import { caughtUp } from './settle';
import { Source, type SourceTable } from './source';

const METRICS_WITHOUT_SCHEDULE = Object.values(METRICS).filter((metric) => !VERIFY_METRICS.includes(metric));

describe('Health and metrics of a running replicator', () => {
  let folder: string;
  let to: string;
  let source: Source;
  let orders: SourceTable;
  let port: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'replicator-monitoring-'));
    to = join(folder, 'shop.duckdb');
    source = await Source.start({
      seed: 31,
      rate: 120,
      knobs: { partitions: 2, exportDurationMs: [60_000, 90_000] },
    });
    orders = source.table('orders', 400);
    port = await freePort();
  });
  afterEach(async () => {
    await endAll();
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...words: string[]) =>
    Command.start([...source.words('run', to), '--health-port', String(port), ...words]);
  const healthcheck = () => runToEnd(['healthcheck', '--health-port', String(port)]);
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status;
  const figures = (command: Command): Datum[] =>
    command.lines.filter(({ text }) => text.startsWith('{"_aws"')).flatMap(({ text }) => figuresOf(text));
  const isFigure = (name: string, value: number) => (line: { text: string }) =>
    line.text.startsWith('{"_aws"') &&
    figuresOf(line.text).some((datum) => datum.name === name && datum.value === value);

  full.it(
    'is alive from the first second, ready when it follows, and writes every metric repeatedly',
    async () => {
      const nobody = await healthcheck();
      assert.equal(nobody.code, 1);
      assert.match(nobody.stderr, new RegExp(`^No answer on 127\\.0\\.0\\.1:${port}: `));

      const command = run('--metrics-namespace', 'Tests', '--metrics-replicator', 'orders-test');
      await command.phase('start');
      assert.deepEqual([await status('/healthz'), await status('/readyz')], [200, 503]);
      await command.phase('stream');
      for (let write = 0; write < 50; write++) orders.writeOne();
      await caughtUp(command, [orders]);
      assert.equal(await status('/readyz'), 200);
      const asked = await healthcheck();
      assert.deepEqual([asked.code, asked.stdout, asked.stderr], [0, 'orders: following the stream\n', '']);
      const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      assert.match(metrics, /^dynamodb_replicator_rows_loaded_total\{table="orders"\} 400$/m);

      command.send('SIGTERM');
      assert.equal((await command.end()).code, 0, command.picture());
      const said = figures(command);
      assert.deepEqual(
        [...new Set(said.map(({ name }) => name))].sort(),
        METRICS_WITHOUT_SCHEDULE.map(({ name }) => name as string).sort(),
      );
      const sum = (name: string) =>
        said
          .filter((datum) => datum.name === name && datum.dimensions['Table'] === 'orders')
          .reduce((total, { value }) => total + value, 0);
      assert.equal(sum('RowsLoaded'), 400);
      assert.ok(sum('RecordsApplied') > 0);
      // Another test checks the interval of a minute with its own clock; here the machine might not keep up.
      const beats = said.filter(({ name }) => name === 'Heartbeat');
      assert.ok(beats.length > 1, `${beats.length} heartbeats`);
      await assertEqual(to, orders, 'after the stop');
    },
  );

  describe('and a PostgreSQL server that is not running yet', () => {
    before(requirePostgres);
    let database: TestDatabase;
    let relay: Relay;

    beforeEach(async () => {
      database = await createDatabase();
      relay = await Relay.to(database.url);
      relay.endsConnections = true;
    });
    afterEach(async () => {
      await endAll();
      await relay.close();
      await database.drop();
    });

    const words = (...more: string[]) => [...source.words('run', relay.url(database.url)), ...more];
    const isAwaited = ({ text }: { text: string }) => text.includes('"event":"destination.awaited"');

    full.it('waits, alive but not ready; a stop meanwhile is not a failure', async () => {
      const command = Command.start(words('--health-port', String(port)));
      await command.line('that it waits', isAwaited);
      assert.deepEqual([await status('/healthz'), await status('/readyz')], [200, 503]);
      const asked = await healthcheck();
      assert.match(asked.stdout, /^orders: /, asked.stderr);
      relay.endsConnections = false;
      await command.phase('stream');
      command.send('SIGTERM');
      assert.equal((await command.end()).code, 0);

      relay.endsConnections = true;
      const stopped = Command.start(words('--health-port', String(port)));
      await stopped.line('that it waits', isAwaited);
      stopped.send('SIGTERM');
      assert.equal((await stopped.end()).code, 0, stopped.picture());
    });

    it('ends a run without a health port, with the reason', async () => {
      const { code, stderr } = await runToEnd(words());
      assert.equal(code, 1);
      assert.match(stderr, /PostgreSQL database .* on 127\.0\.0\.1/);
    });
  });

  full.it(
    'G3: in a gap with onGap: wait it keeps running and reports it each minute, and a resync repairs it',
    async () => {
      const command = run('--on-gap', 'wait', '--metrics-namespace', 'Tests');
      await command.phase('stream');
      orders.replaceStream();
      await command.line('the gap', ({ event }) => event === 'pipeline.failed');
      await command.line('its metric', isFigure('Gap', 1));
      const before = command.lines.length;
      await command.line(
        'it again',
        (line) => command.lines.indexOf(line) > before && isFigure('Gap', 1)(line),
      );
      assert.deepEqual([await status('/healthz'), await status('/readyz')], [200, 503]);
      const asked = await healthcheck();
      assert.equal(asked.code, 0);
      assert.match(asked.stdout, /^orders: Changes made between .* may be lost/);

      orders.writeOne();
      const resync = await runToEnd([...source.words('resync', to), '--yes']);
      assert.equal(resync.code, 0, resync.stderr);
      const healed = command.lines.length;
      await command.line(
        'the end of the gap',
        (line) => command.lines.indexOf(line) > healed && isFigure('Gap', 0)(line),
      );
      await caughtUp(command, [orders]);
      assert.equal(await status('/readyz'), 200);
      command.send('SIGTERM');
      assert.equal((await command.end()).code, 0, command.picture());
      await assertEqual(to, orders, 'after the resync');
    },
  );

  it('reports that the port is taken, and how to choose another', async () => {
    const first = run();
    await first.phase('start');
    const other = join(folder, 'other.duckdb');
    const second = await runToEnd([...source.words('run', other), '--health-port', String(port)]);
    assert.equal(second.code, 2);
    assert.match(second.stderr, new RegExp(`Port ${port} is in use\\. .* --health-port`));
  });

  it('healthcheck needs a port; metrics need a log of JSON lines', async () => {
    const asked = await runToEnd(['healthcheck']);
    assert.equal(asked.code, 2);
    assert.match(asked.stderr, /--health-port 8080, or DYNAMODB_REPLICATOR_HEALTH_PORT/);
    const words = [...source.words('run', to), '--metrics-namespace', 'Tests', '--log-format', 'human'];
    const human = await runToEnd(words);
    assert.equal(human.code, 2);
    assert.match(human.stderr, /metrics\.namespace .*: metrics need a JSON log; set log\.format to json/);
  });
});
