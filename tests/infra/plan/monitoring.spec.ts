import assert from 'node:assert/strict';
import { METRIC_NAMESPACE, METRICS } from '../../../runtime/observe/metrics';
import { alarmsOf, DEFAULT_THRESHOLDS } from '../../../infra/plan/alarms';
import { dashboardBody } from '../../../infra/plan/dashboard';
import { matchesSnapshot } from '../snapshot';

const plan = {
  region: 'eu-west-1',
  namespace: METRIC_NAMESPACE,
  replicator: 'orders-dev',
  tables: ['orders', 'customers'],
  logGroup: '/dynamodb-replicator/orders-dev',
  cluster: 'orders-dev',
  service: 'orders-dev',
  alarmArns: ['arn:aws:cloudwatch:eu-west-1:123456789012:alarm:orders-dev-lag'],
};

const emitted: readonly string[] = Object.values(METRICS).map(({ name }) => name);

describe('alarms', () => {
  const alarms = alarmsOf(DEFAULT_THRESHOLDS);

  it('are these', () => {
    matchesSnapshot('alarms', alarms);
  });

  it('name metrics that the runtime writes', () => {
    for (const { metric, key } of alarms) assert.ok(emitted.includes(metric.name), key);
    assert.equal(new Set(alarms.map(({ key }) => key)).size, alarms.length);
  });

  it('fire on missing data only for the heartbeat', () => {
    assert.deepEqual(
      alarms.filter(({ missingData }) => missingData === 'breaching').map(({ key }) => key),
      ['heartbeat-missing'],
    );
  });

  it('do not fire on missing data while the replicator is paused, and are otherwise the same', () => {
    const paused = alarmsOf(DEFAULT_THRESHOLDS, true);
    assert.deepEqual(
      paused.filter(({ missingData }) => missingData === 'breaching'),
      [],
    );
    const withoutMissing = (all: typeof alarms) => all.map(({ missingData: _, ...rest }) => rest);
    assert.deepEqual(withoutMissing(paused), withoutMissing(alarms));
  });

  it('take their thresholds from the settings', () => {
    const byKey = new Map(
      alarmsOf({ lagMinutes: 1, hoursUntilLoss: 20, heartbeatMinutes: 3 }).map((alarm) => [alarm.key, alarm]),
    );
    assert.equal(byKey.get('lag')?.threshold, 60_000);
    assert.equal(byKey.get('data-loss-ahead')?.threshold, 20);
    assert.equal(byKey.get('heartbeat-missing')?.evaluationPeriods, 3);
  });
});

describe('the dashboard', () => {
  interface Widget {
    readonly type: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    readonly properties: { readonly metrics?: readonly (readonly unknown[])[] };
  }
  const { widgets } = JSON.parse(dashboardBody(plan)) as { widgets: readonly Widget[] };

  it('is this', () => {
    matchesSnapshot('dashboard', { widgets });
  });

  it('shows metrics that the runtime writes, and every one of them', () => {
    const shown = widgets
      .flatMap(({ properties }) => properties.metrics ?? [])
      .filter(([namespace]) => namespace === METRIC_NAMESPACE)
      .map(([, name]) => name as string);
    for (const name of shown) assert.ok(emitted.includes(name), name);
    assert.deepEqual([...new Set(shown)].sort(), [...emitted].sort());
  });

  it('has no overlapping widgets', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from(
        { length: width * height },
        (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`,
      ),
    );
    assert.equal(new Set(cells).size, cells.length);
    assert.ok(widgets.every(({ x, width }) => x + width <= 24));
  });

  it('is the same text for any order of the tables', () => {
    assert.equal(dashboardBody({ ...plan, tables: ['customers', 'orders'] }), dashboardBody(plan));
  });
});
