import assert from 'node:assert/strict';
import type { Operation } from '../../../runtime/aws/operations';
import { AwsFault } from '../../../runtime/aws/faults';
import { DestinationUnusable, LeaseLost } from '../../../runtime/destinations/errors';
import {
  ColumnsNotSettled,
  DataFileMissing,
  ExportFailed,
  ObjectChanged,
} from '../../../runtime/export/errors';
import { failureOfResync, ResyncFailed } from '../../../runtime/pipeline/resync-failure';
import { ExportLost } from '../../../runtime/pipeline/table-export';
import { Gap } from '../../../runtime/stream/gap';

const fault = (operation: Operation) =>
  new AwsFault(operation, 'AccessDeniedException', 'fatal', 'slow', 400, 'allow it');
const failed = new ExportFailed('arn', 'S3NoSuchBucket', 'no bucket', 'Create it.');
const forgotten = fault('DescribeExport');

/** What ends a resync, and what ends more than that (rule P3). */
const CASES: readonly (readonly [what: string, error: unknown, failure: unknown])[] = [
  ['an export that failed', failed, failed],
  ['an export that AWS has forgotten', new ExportLost({ cause: forgotten }), forgotten],
  ['a denied read of a file', fault('GetObject'), 'itself'],
  ['a file that was replaced', new ObjectChanged('bucket', 'key', { region: 'eu-west-1' }), 'itself'],
  ['a file that does not exist', new DataFileMissing('s3://bucket/key', fault('GetObject')), 'itself'],
  ['a file that no columns hold', new ColumnsNotSettled('s3://bucket/key', 4), 'itself'],
  ['a table that cannot be described', fault('DescribeTable'), undefined],
  ['another writer', new LeaseLost('orders', 2), undefined],
  ['a destination that refuses rows', new DestinationUnusable('refused'), undefined],
  ['a gap', new Gap('trimmed', 0, 1), undefined],
  ['the end of the process', new Error('stopped'), undefined],
];

describe('pipeline/resync-failure', () => {
  for (const [what, error, failure] of CASES)
    it(`P3: ${what} ends ${failure === undefined ? 'more than a resync' : 'a resync only'}`, () => {
      assert.equal(failureOfResync(error), failure === 'itself' ? error : failure);
    });

  it('gives the cause and what to do', () => {
    const { message, kind, cause } = new ResyncFailed(failed);
    assert.deepEqual([kind, cause], ['retry', failed]);
    assert.match(
      message,
      /^The resync failed: The export arn failed: S3NoSuchBucket .* run resync again\.$/s,
    );
  });
});
