import assert from 'node:assert/strict';
import { HOUR, Local, failure } from '../fixture';

describe('simulator: point-in-time recovery', () => {
  it('is on at once, and shows its number of days', () => {
    const local = new Local();
    const { ContinuousBackupsDescription } = local.dynamodb('UpdateContinuousBackups', {
      TableName: 'orders',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 7 },
    });
    const { PointInTimeRecoveryStatus, RecoveryPeriodInDays } =
      ContinuousBackupsDescription.PointInTimeRecoveryDescription;
    assert.deepEqual([PointInTimeRecoveryStatus, RecoveryPeriodInDays], ['ENABLED', 7]);
  });

  it('takes effect a while after the request, and reaches back to then', () => {
    const local = new Local({ backupsEnablingMs: [5000, 5000] });
    const recovery = (): Record<string, unknown> =>
      local.dynamodb('DescribeContinuousBackups', { TableName: 'orders' }).ContinuousBackupsDescription
        .PointInTimeRecoveryDescription;
    assert.deepEqual(recovery(), { PointInTimeRecoveryStatus: 'DISABLED' });
    local.dynamodb('UpdateContinuousBackups', {
      TableName: 'orders',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true, RecoveryPeriodInDays: 1 },
    });
    assert.equal(recovery()['PointInTimeRecoveryStatus'], 'DISABLED');
    local.clock.advance(5000);
    const since = local.clock.now() / 1000;
    assert.equal(recovery()['PointInTimeRecoveryStatus'], 'ENABLED');
    assert.equal(recovery()['EarliestRestorableDateTime'], since);
    local.clock.advance(HOUR);
    assert.equal(recovery()['EarliestRestorableDateTime'], since);
    assert.equal(recovery()['LatestRestorableDateTime'], since + 55 * 60);
    local.clock.advance(24 * HOUR);
    assert.equal(recovery()['EarliestRestorableDateTime'], since + 3600);
  });

  it('is unavailable right after CreateTable, if set so', () => {
    const local = new Local({ backupsUnavailableMs: 20_000 });
    assert.equal(
      failure(() => local.recoverable()),
      'ContinuousBackupsUnavailableException',
    );
    local.clock.advance(20_000);
    assert.equal(
      failure(() => local.recoverable()),
      'none',
    );
    assert.equal(
      failure(() => local.dynamodb('DescribeContinuousBackups', { TableName: 'others' })),
      'TableNotFoundException',
    );
  });
});
