import assert from 'node:assert/strict';
import { METRIC_NAMESPACE, METRICS, VERIFY_METRICS } from '../../../runtime/observe/metrics';
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

  it('watch verifies only when they run on a schedule, and give a failed one time for another', () => {
    const HOUR = 3_600_000;
    const intervals: readonly (readonly [everyHours: number, overdueHours: number])[] = [
      [1, 3],
      [24, 72],
      [168, 360],
    ];
    for (const [every, overdue] of intervals) {
      const verifyEveryMs = every * HOUR;
      const [differences, late, ...more] = alarmsOf({ ...DEFAULT_THRESHOLDS, verifyEveryMs }).slice(
        alarms.length,
      );
      assert.deepEqual(more, []);
      assert.deepEqual(
        [differences?.key, differences?.metric.name, differences?.threshold, differences?.missingData],
        ['verify-differences', 'VerifyDifferences', 1, 'ignore'],
      );
      assert.deepEqual(
        [late?.key, late?.metric.name, late?.threshold, late?.missingData],
        ['verify-overdue', 'VerifyAgeMs', overdue * HOUR, 'ignore'],
      );
      assert.ok(late?.description.includes(` ${overdue} hours.`), late?.description);
    }
    assert.ok(!alarms.some(({ key }) => key.startsWith('verify')));
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
  const widgetsOf = (given: typeof plan & { verifies?: boolean }) =>
    (JSON.parse(dashboardBody(given)) as { widgets: readonly Widget[] }).widgets;
  const widgets = widgetsOf(plan);
  const withVerifies = widgetsOf({ ...plan, verifies: true });
  const shownIn = (some: readonly Widget[]) =>
    some
      .flatMap(({ properties }) => properties.metrics ?? [])
      .filter(([namespace]) => namespace === METRIC_NAMESPACE)
      .map(([, name]) => name as string);

  it('is this', () => {
    matchesSnapshot('dashboard', { widgets });
  });

  it('shows metrics that the runtime writes, and every one of them', () => {
    assert.deepEqual([...new Set(shownIn(withVerifies))].sort(), [...emitted].sort());
    const ofVerifies: readonly string[] = VERIFY_METRICS.map(({ name }) => name);
    assert.deepEqual(
      [...new Set(shownIn(widgets))].sort(),
      emitted.filter((name) => !ofVerifies.includes(name)).sort(),
    );
  });

  it('has no overlapping widgets', () => {
    for (const some of [widgets, withVerifies]) assertNoOverlap(some);
  });

  function assertNoOverlap(some: readonly Widget[]): void {
    const cells = some.flatMap(({ x, y, width, height }) =>
      Array.from(
        { length: width * height },
        (_, index) => `${x + (index % width)},${y + Math.floor(index / width)}`,
      ),
    );
    assert.equal(new Set(cells).size, cells.length);
    assert.ok(some.every(({ x, width }) => x + width <= 24));
  }

  it('is the same text for any order of the tables', () => {
    assert.equal(dashboardBody({ ...plan, tables: ['customers', 'orders'] }), dashboardBody(plan));
  });
});
