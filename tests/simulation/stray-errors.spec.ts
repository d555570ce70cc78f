import assert from 'node:assert/strict';
import { catchStrayErrors, StrayError } from '../../runtime/stray-errors';
import { HOUR, MINUTE, SECOND, World } from './world';

/** Otherwise mocha would fail the test with these errors. */
function withoutOtherListeners(): () => void {
  const before = process.listeners('unhandledRejection');
  process.removeAllListeners('unhandledRejection');
  return () => {
    process.removeAllListeners('unhandledRejection');
    for (const listener of before) process.on('unhandledRejection', listener);
  };
}

/** Rejections are reported after everything due has run. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

describe('simulation/unhandled errors', () => {
  let restore: () => void;
  let stopCatching: () => void;
  const reported: StrayError[] = [];
  beforeEach(() => {
    restore = withoutOtherListeners();
    reported.length = 0;
    stopCatching = catchStrayErrors((error) => reported.push(error));
  });
  afterEach(() => {
    stopCatching();
    restore();
  });

  it('an error in a pipeline stops only that one and names the place; the others continue, and all is well after a restart', async () => {
    const world = new World({
      seed: 3,
      grain: SECOND,
      knobs: { exportDurationMs: [5 * MINUTE, 5 * MINUTE] },
    });
    await world.prepare();
    const [table] = world.settings.tables;
    world.simulator.call('dynamodb', 'CreateTable', {
      TableName: 'other',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    });
    world.simulator.call('dynamodb', 'UpdateContinuousBackups', {
      TableName: 'other',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    await world.clock.advance(10 * MINUTE);
    Object.assign(world.settings, {
      tables: [table, { ...table, name: 'other', destinationTable: 'other' }],
    });
    world.put('a', 1);
    let astray = false;
    const process = world.start({
      beforeCall: (operation) => {
        if (!astray || operation !== 'DescribeTable') return;
        astray = false;
        void Promise.reject(new TypeError('nobody waits for this'));
      },
    });
    await world.untilCaughtUp();
    astray = true;
    await world.until(() => !astray, MINUTE);
    await turn();
    const failed = () => world.heardOf('pipeline.failed');
    await world.until(() => failed().length > 0, HOUR);
    const batches = world.heardOf('stream.batch').length;
    await world.clock.advance(10 * MINUTE);

    const [{ pipeline, error }] = failed() as [{ pipeline: string; error: Error }];
    assert.ok(error instanceof StrayError && error.kind === 'fatal', String(error));
    assert.match(error.place ?? '', /stray-errors\.spec\.ts:\d+:\d+$/);
    assert.ok(error.message.includes('nobody waits for this') && error.message.includes(error.place!));
    assert.ok(process.isAlive, 'the other table continues');
    const later = world.heardOf('stream.batch').slice(batches);
    assert.deepEqual(
      [...new Set(later.map((batch) => batch.pipeline))],
      [...new Set(world.heardOf('stream.batch').map((batch) => batch.pipeline))].filter(
        (id) => id !== pipeline,
      ),
    );
    assert.deepEqual(reported, []);
    await process.stop();

    world.put('b', 2);
    const next = world.start();
    await world.untilCaughtUp();
    world.assertEqual();
    await next.stop();
  });

  it('an error outside any pipeline is reported and stops nothing', async () => {
    void Promise.reject(new Error('of nobody'));
    void Promise.reject('not even an error');
    await turn();
    assert.deepEqual(
      reported.map(({ cause }) => (cause as Error).message),
      ['of nobody', 'not even an error'],
    );
    assert.match(reported[0]!.place ?? '', /stray-errors\.spec\.ts/);
  });
});
