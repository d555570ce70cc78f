import type { ContinuousBackupsDescription, TableDescription } from '@aws-sdk/client-dynamodb';
import type { KeyAttribute, KeySchema } from '../item/attribute-value';
import { ForeignAnswer, member } from './call';
import type { PointInTimeRecovery, SourceTable } from './services';

/** @throws ForeignAnswer */
export function sourceTable(table: TableDescription): SourceTable {
  const arn = table.LatestStreamArn;
  return {
    name: member(table.TableName, 'TableName'),
    arn: member(table.TableArn, 'TableArn'),
    id: table.TableId,
    status: table.TableStatus ?? 'ACTIVE',
    keySchema: keySchema(table),
    itemCount: table.ItemCount ?? 0,
    sizeBytes: table.TableSizeBytes ?? 0,
    billingMode: table.BillingModeSummary?.BillingMode,
    stream:
      arn === undefined
        ? undefined
        : {
            arn,
            createdAt: streamCreation(table.LatestStreamLabel ?? arn.slice(arn.lastIndexOf('/') + 1)),
            enabled: table.StreamSpecification?.StreamEnabled ?? false,
            viewType: table.StreamSpecification?.StreamViewType,
          },
  };
}

/** A label is the stream's creation time in ISO 8601, UTC, without a zone. Source: API reference, "StreamDescription". */
function streamCreation(label: string): number {
  const time = Date.parse(label.endsWith('Z') ? label : `${label}Z`);
  if (Number.isNaN(time)) throw new ForeignAnswer(`The stream's label "${label}" is not a time.`);
  return time;
}

function keySchema(table: TableDescription): KeySchema {
  const partition = keyAttribute(table, 'HASH');
  const sort = keyAttribute(table, 'RANGE');
  return sort === undefined
    ? { partition: member(partition, 'partition key') }
    : { partition: member(partition, 'partition key'), sort };
}

function keyAttribute(table: TableDescription, role: 'HASH' | 'RANGE'): KeyAttribute | undefined {
  const name = table.KeySchema?.find((element) => element.KeyType === role)?.AttributeName;
  if (name === undefined) return undefined;
  const definition = table.AttributeDefinitions?.find((candidate) => candidate.AttributeName === name);
  return { name, type: member(definition?.AttributeType, `type of key attribute ${name}`) };
}

export function pointInTimeRecovery(description: ContinuousBackupsDescription): PointInTimeRecovery {
  const recovery = description.PointInTimeRecoveryDescription;
  return {
    enabled: recovery?.PointInTimeRecoveryStatus === 'ENABLED',
    earliestRestorable: recovery?.EarliestRestorableDateTime?.getTime(),
    latestRestorable: recovery?.LatestRestorableDateTime?.getTime(),
  };
}
