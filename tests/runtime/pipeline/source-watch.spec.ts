import assert from 'node:assert/strict';
import type { SourceTable } from '../../../runtime/aws/services';
import type { PipelineState } from '../../../runtime/pipeline/checkpoint';
import { requireSameSource, TableReplaced } from '../../../runtime/pipeline/source-watch';
import { Gap } from '../../../runtime/stream/gap';

const NOW = Date.UTC(2026, 0, 5, 12);
const W = NOW - 3600_000;

const state = {
  checkpoint: { tableId: 'table 1', streamArn: 'stream 1' },
  graph: { watermark: () => W },
} as unknown as PipelineState;

function table(id: string, stream: { arn: string; enabled: boolean } | undefined): SourceTable {
  return {
    name: 'orders',
    arn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders',
    id,
    status: 'ACTIVE',
    keySchema: { partition: { name: 'id', type: 'S' }, sort: undefined },
    itemCount: 0,
    sizeBytes: 0,
    billingMode: 'PAY_PER_REQUEST',
    stream: stream && { ...stream, createdAt: W, viewType: 'NEW_IMAGE' },
  };
}

describe('runtime/pipeline/source-watch', () => {
  const look = (id: string, arn: string | undefined, enabled = true) =>
    requireSameSource(state, table(id, arn === undefined ? undefined : { arn, enabled }), NOW);

  it('G1: the same table and stream are not a gap, and neither is a stream that is off', () => {
    look('table 1', 'stream 1');
    look('table 1', 'stream 1', false);
    look('table 1', undefined);
  });

  it('G1: another table id means another table, whatever its stream is', () => {
    for (const arn of ['stream 1', 'stream 2', undefined])
      assert.throws(() => look('table 2', arn), TableReplaced);
  });

  it('G1: another stream ARN is a gap from W to now', () => {
    assert.throws(
      () => look('table 1', 'stream 2'),
      (error) => {
        assert(error instanceof Gap);
        assert.deepEqual([error.reason, error.from, error.to], ['stream replaced', W, NOW]);
        return true;
      },
    );
  });
});
