import { AwsFault } from '../../aws/faults';
import type { AwsServices, SourceTable } from '../../aws/services';
import type { Settings } from '../../config';
import { exportToken } from '../../export/token';
import { pipelineId } from '../source';

/** Point-in-time recovery reaches back 35 days at most, so that AWS can only refuse an export of this time, which costs nothing. */
export const TOO_OLD = { from: Date.UTC(2000, 0, 1), to: Date.UTC(2000, 0, 1, 1) };

/** What AWS answers to somebody who may request exports. */
const PERMITTED = ['InvalidExportTimeException', 'PointInTimeRecoveryUnavailableException'];

/**
 * Requests an incremental export that AWS can only refuse, to learn whether the caller may request any.
 * @throws AwsFault that names the missing permission
 */
export async function requireExportPermission(
  aws: AwsServices,
  { arn, id }: Pick<SourceTable, 'arn' | 'id'>,
  { bucket: { name: bucket, prefix }, bucketOwner, kmsKeyId }: Settings,
  signal: AbortSignal,
): Promise<void> {
  const clientToken = exportToken({
    pipeline: `${pipelineId(arn)} check`,
    tableId: id,
    generation: 0,
    attempt: 0,
  });
  try {
    const place = { bucket, prefix, bucketOwner, kmsKeyId };
    await aws.requestExport({ ...place, tableArn: arn, clientToken, window: TOO_OLD }, signal);
  } catch (error) {
    if (!(error instanceof AwsFault) || !PERMITTED.includes(error.code)) throw error;
  }
}
