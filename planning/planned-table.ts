import type { AwsServices, SourceTable } from '../runtime/aws/services';
import { USABLE_VIEW_TYPES } from '../runtime/pipeline/source';
import { listShards } from '../runtime/stream/listing';
import type { PlannedTable } from '../cost/costs';

/** Most that DynamoDB keeps in one partition, each of which is a shard of the stream. */
const PARTITION_BYTES = 10_000_000_000;

/** What a table has, for an estimate. */
export interface InspectedTable {
  readonly table: SourceTable;
  readonly hasRecovery: boolean;
  /** The stream is on and has new images. */
  readonly hasStream: boolean;
  readonly planned: PlannedTable;
}

/** Looks at a table. Shards are counted where it has a stream, and told from its size where it has none. @throws AwsFault */
export async function inspectTable(
  name: string,
  aws: AwsServices,
  signal: AbortSignal,
): Promise<InspectedTable> {
  const table = await aws.describeTable(name, signal);
  const { enabled: hasRecovery } = await aws.describePointInTimeRecovery(name, signal);
  const { stream, sizeBytes } = table;
  const hasStream = stream?.enabled === true && USABLE_VIEW_TYPES.includes(stream.viewType ?? '');
  const openShards =
    stream?.enabled === true
      ? (await listShards(aws, stream.arn, signal)).shards.filter(({ closed }) => !closed).length
      : Math.max(1, Math.ceil(sizeBytes / PARTITION_BYTES));
  return { table, hasRecovery, hasStream, planned: { name, sizeBytes, hasRecovery, openShards } };
}
