import assert from 'node:assert/strict';
import { settingsOf } from '../../../runtime/config';
import type { PipelineReport } from '../../../runtime/control/report';
import { neededResyncs } from '../../../runtime/verbs/needed-resyncs';

describe('check', () => {
  it('has a cross with the resync command for each of its tables that is in a gap, or whose bookkeeping was changed', () => {
    const report = (table: string, phase: string, error: string | null, needsResync?: boolean) =>
      ({ table, phase, error, ...(needsResync !== undefined && { needsResync }) }) as PipelineReport;
    const reports = [
      report('orders', 'gap', 'gap: too old'),
      report('items', 'stopped', 'its shards were deleted', true),
      report('customers', 'stream', null),
      report('other', 'gap', 'gap: stream replaced'),
    ];
    const settings = settingsOf({
      tables: ['orders', 'customers', 'items'],
      bucket: 'my-exports',
      to: 'shop.duckdb',
    });
    assert.deepEqual(neededResyncs(reports, ['orders', 'customers', 'items'], settings), [
      {
        requirement: 'no gap in the changes of orders',
        met: false,
        found: 'gap: too old',
        fix: 'dynamodb-replicator resync --table orders --bucket my-exports --to shop.duckdb',
      },
      {
        requirement: 'bookkeeping of items complete',
        met: false,
        found: 'its shards were deleted',
        fix: 'dynamodb-replicator resync --table items --bucket my-exports --to shop.duckdb',
      },
    ]);
  });
});
