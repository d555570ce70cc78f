import { describedEncryption } from '../encryption';
import type { SecondaryIndex } from '../secondary-index';
import type { Table } from '../table';
import { describedThroughput } from '../throughput';
import { describedWarmThroughput } from '../warm-throughput';

/** Members that the DeleteTable response omits. */
const NOT_OF_DELETED = [
  'AttributeDefinitions',
  'KeySchema',
  'CreationDateTime',
  'LocalSecondaryIndexes',
  'GlobalSecondaryIndexes',
];

/** The description in the DeleteTable response, without schema and indexes. */
export const describeDeleted = (description: object): object =>
  Object.fromEntries(Object.entries(description).filter(([name]) => !NOT_OF_DELETED.includes(name)));

const NO_THROUGHPUT = { read: 0, write: 0 };

/** The table description of CreateTable, DescribeTable, UpdateTable and DeleteTable. @param stream the members about streams */
export function describeTable(
  table: Table,
  status: string,
  stream: object,
  account: { readonly region: string; readonly accountId: string },
): object {
  const { definition } = table;
  const { throughput, onDemandThroughput, onDemandSince, tableClass } = definition;
  const indexes = definition.indexes.map(({ name }) => table.index(name));
  const globals = indexes.filter(({ isGlobal }) => isGlobal);
  const locals = indexes.filter(({ isGlobal }) => !isGlobal);
  const encryption = describedEncryption(definition.encryption, account);
  return {
    AttributeDefinitions: table.attributeDefinitions,
    TableName: table.name,
    KeySchema: table.keySchema,
    TableStatus: status,
    CreationDateTime: table.createdAt / 1000,
    ProvisionedThroughput: describedThroughput(throughput ?? NO_THROUGHPUT),
    TableSizeBytes: table.sizeBytes,
    ItemCount: table.itemCount,
    TableArn: table.arn,
    TableId: table.id,
    ...(onDemandSince === undefined
      ? {}
      : {
          BillingModeSummary: {
            BillingMode: definition.billingMode,
            LastUpdateToPayPerRequestDateTime: onDemandSince / 1000,
          },
        }),
    ...(locals.length > 0
      ? { LocalSecondaryIndexes: locals.map((index) => describeIndex(table, index)) }
      : {}),
    ...(globals.length > 0
      ? { GlobalSecondaryIndexes: globals.map((index) => describeGlobalIndex(table, index, status)) }
      : {}),
    ...(encryption ? { SSEDescription: encryption } : {}),
    ...(tableClass ? { TableClassSummary: { TableClass: tableClass } } : {}),
    ...(onDemandThroughput ? { OnDemandThroughput: onDemandThroughput } : {}),
    WarmThroughput: describedWarmThroughput(definition),
    DeletionProtectionEnabled: definition.deletionProtection,
    ...stream,
  };
}

const describeIndex = (table: Table, { definition, store }: SecondaryIndex): object => ({
  IndexName: definition.name,
  KeySchema: definition.keySchema,
  Projection: definition.projection,
  IndexSizeBytes: store.bytes,
  ItemCount: store.count,
  IndexArn: `${table.arn}/index/${definition.name}`,
});

const describeGlobalIndex = (table: Table, index: SecondaryIndex, status: string): object => ({
  ...describeIndex(table, index),
  IndexStatus: status === 'UPDATING' ? 'ACTIVE' : status,
  ProvisionedThroughput: describedThroughput(index.definition.throughput ?? NO_THROUGHPUT),
  WarmThroughput: describedWarmThroughput(index.definition),
});
