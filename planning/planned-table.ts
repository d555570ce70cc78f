import type { AwsServices, SourceTable } from '../runtime/aws/services';
import { tableSchema } from '../runtime/config/schema';
import { WrongUse } from '../runtime/verbs/exit-codes';
import { USABLE_VIEW_TYPES } from '../runtime/pipeline/source';
import { listShards } from '../runtime/stream/listing';
import type { PlannedTable } from '../cost/costs';

/** Most bytes that DynamoDB keeps in one partition. Each partition has one open shard. */
const PARTITION_BYTES = 10_000_000_000;

/** The facts of a table that an estimate needs. */
export interface InspectedTable {
  readonly table: SourceTable;
  readonly hasRecovery: boolean;
  /** The stream is on and has new images. */
  readonly hasStream: boolean;
  readonly planned: PlannedTable;
}

/** Describes a table. It counts the stream's shards, or estimates them from the size if the table has no stream. @throws AwsFault, WrongUse */
export async function inspectTable(
  name: string,
  aws: AwsServices,
  signal: AbortSignal,
): Promise<InspectedTable> {
  const read = tableSchema.shape.name.safeParse(name);
  if (!read.success) throw new WrongUse(`${name}: ${read.error.issues[0]?.message}`);
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
