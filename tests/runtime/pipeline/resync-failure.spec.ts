import assert from 'node:assert/strict';
import type { Operation } from '../../../runtime/aws/operations';
import { AwsFault } from '../../../runtime/aws/faults';
import {
  DestinationTableMissing,
  DestinationUnusable,
  LeaseLost,
  LedgerIncomplete,
} from '../../../runtime/destinations/errors';
import {
  ColumnsNotSettled,
  DataFileCorrupt,
  DataFileMissing,
  ExportFailed,
  ExportTokenTaken,
  ManifestRefused,
  ObjectChanged,
} from '../../../runtime/export/errors';
import {
  failureOfResync,
  onlyAnotherLoadHelps,
  ResyncFailed,
} from '../../../runtime/pipeline/resync-failure';
import { ExportLost } from '../../../runtime/pipeline/table-export';
import { Gap } from '../../../runtime/stream/gap';

const fault = (operation: Operation, code = 'AccessDeniedException') =>
  new AwsFault(operation, code, 'fatal', 'slow', 400, 'allow it');
const failed = new ExportFailed('arn', 'S3NoSuchBucket', 'no bucket', 'Create it.');
const cli = { region: 'eu-west-1' };
const forgotten = fault('DescribeExport');

/** What ends a resync, and what ends more than that (rule P3). */
const CASES: readonly (readonly [what: string, error: unknown, failure: unknown])[] = [
  ['an export that failed', failed, failed],
  ['an export that AWS has forgotten', new ExportLost({ cause: forgotten }), forgotten],
  ['a denied read of a file', fault('GetObject'), 'itself'],
  ['a file that was replaced', new ObjectChanged('bucket', 'key', cli), 'itself'],
  ['a file that does not exist', new DataFileMissing('s3://bucket/key', fault('GetObject')), 'itself'],
  ['a file that no columns hold', new ColumnsNotSettled('s3://bucket/key', 4), 'itself'],
  ['a table that cannot be described', fault('DescribeTable'), undefined],
  ['another writer', new LeaseLost('orders', 2), undefined],
  ['a destination that refuses rows', new DestinationUnusable('refused'), undefined],
  ['a gap', new Gap('trimmed', 0, 1), undefined],
  ['the end of the process', new Error('stopped'), undefined],
];

/** Which loads are of no use to a resync that has joined them, and which can go on (rule P3). */
const JOINED: readonly (readonly [what: string, error: unknown, isFutile: boolean])[] = [
  ['a file that is missing', new DataFileMissing('s3://bucket/key', fault('GetObject')), true],
  ['a file that no columns hold', new ColumnsNotSettled('s3://bucket/key', 4), true],
  ['a bucket that is missing', fault('GetObject', 'NoSuchBucket'), false],
  ['a file that may not be read', fault('GetObject'), false],
  ['a damaged file', new DataFileCorrupt('s3://bucket/key', 'MD5', 'a', 'b'), true],
  ['a damaged manifest', new ManifestRefused('s3://bucket/key', 'is damaged'), true],
  ['a file that was replaced', new ObjectChanged('bucket', 'key', cli), true],
  ['a token of another request', new ExportTokenTaken('token', 'arn', 'it is gone', cli), true],
  ['a table of the load that was dropped', new DestinationTableMissing('__r_shadow', 'orders'), true],
  ['a ledger that was changed', new LedgerIncomplete('ledger', 'orders'), true],
  // The generation goes on with another export.
  ['an export that failed', failed, false],
  ['a denied request', fault('ExportTableToPointInTime'), false],
  ['another writer', new LeaseLost('orders', 2), false],
];

describe('pipeline/resync-failure', () => {
  for (const [what, error, isFutile] of JOINED)
    it(`P3: ${what}: a resync that joined the load ${isFutile ? 'begins another' : 'fails with it'}`, () => {
      assert.equal(onlyAnotherLoadHelps(error), isFutile);
    });

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
