import assert from 'node:assert/strict';
import { settingsOf } from '../../../runtime/config';
import type { PipelineReport } from '../../../runtime/control/report';
import { recordedGaps } from '../../../runtime/verbs/recorded-gaps';

describe('check', () => {
  it('has a cross with the resync command for each of its tables that is in a gap', () => {
    const report = (table: string, phase: string, error: string | null) =>
      ({ table, phase, error }) as PipelineReport;
    const reports = [
      report('orders', 'gap', 'gap: too old'),
      report('customers', 'stream', null),
      report('other', 'gap', 'gap: stream replaced'),
    ];
    const settings = settingsOf({ tables: ['orders', 'customers'], bucket: 'my-exports', to: 'shop.duckdb' });
    assert.deepEqual(recordedGaps(reports, ['orders', 'customers'], settings), [
      {
        requirement: 'no gap in the changes of orders',
        met: false,
        found: 'gap: too old',
        fix: 'dynamodb-replicator resync --table orders --bucket my-exports --to shop.duckdb',
      },
    ]);
  });
});
