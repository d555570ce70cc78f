import type * as aws from '@pulumi/aws';
import type * as pulumi from '@pulumi/pulumi';
import type { Columns, Deletes, KeyType, OnDestroy, StreamViewType, TableManagement } from './choices';

/** A key attribute of a table. */
export interface KeyAttribute {
  /**
   * Name of the attribute.
   * @default (required)
   * @example 'orderId'
   */
  name: string;
  /**
   * Type of the attribute.
   * @default KeyType.Text
   * @example KeyType.Numeric
   */
  type?: KeyType;
}

/** A table to create: with on-demand capacity, encrypted, protected from deletion, with stream and point-in-time recovery on. */
export interface NewTable {
  /**
   * The partition key.
   * @default (required)
   * @example { name: 'orderId' }
   */
  partitionKey: KeyAttribute;
  /**
   * The sort key.
   * @default none
   * @example { name: 'line', type: KeyType.Numeric }
   */
  sortKey?: KeyAttribute;
  /**
   * Whether the table is protected from deletion. While it is, destroying the stack fails.
   * @default true
   * @example false
   */
  deletionProtection?: boolean;
}

/** A DynamoDB table to replicate from. */
export interface SourceTableArgs {
  /**
   * Name of the table. With `table` it only names Pulumi resources; the table keeps its own name.
   * @default (required)
   * @example 'orders'
   */
  name: string;
  /**
   * Who turns on the table's stream and point-in-time recovery.
   * @default TableManagement.Verify
   * @example TableManagement.Enable
   */
  management?: TableManagement;
  /**
   * View type of a stream that is enabled here. An existing stream may have either type, except that `Enable` refuses one of type
   * `NEW_IMAGE` if `NewAndOldImages` is wanted.
   * @default StreamViewType.NewAndOldImages
   * @example StreamViewType.NewImage
   */
  streamViewType?: StreamViewType;
  /**
   * With `Enable`: whether a stream of an unusable view type is disabled and replaced by a new one. That cuts off every
   * reader of the old stream, such as Lambda functions and other replicators.
   * @default false
   * @example true
   */
  replaceExistingStream?: boolean;
  /**
   * With `Enable`: what destroying the stack does to the stream and the recovery that were turned on.
   * @default OnDestroy.Leave
   * @example OnDestroy.Restore
   */
  onDestroy?: OnDestroy;
  /**
   * With `Managed`: a table of this program.
   * @default none
   * @example new aws.dynamodb.Table('orders', { … })
   */
  table?: aws.dynamodb.Table;
  /**
   * With `Managed`: the table to create.
   * @default none
   * @example { partitionKey: { name: 'orderId' } }
   */
  create?: NewTable;
  /**
   * ARN of the customer-managed KMS key that encrypts the table. The replicator gets permission to decrypt with it. Needed only for
   * a table of another account, or one that gets this key later.
   * @default the table's key, which is looked up
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * Account that owns the table, if it is another account. The table is then checked by the replicator when it starts, not during deployment.
   * @default none: the stack's account
   * @example '210987654321'
   */
  accountId?: pulumi.Input<string>;
  /**
   * Key attributes of a table of another account, which cannot be looked up. With them, the role there may read these attributes, and no
   * others, to heal gaps.
   * @default none: the replicator waits in a gap of such a table
   * @example ['orderId']
   */
  keyAttributes?: string[];
}

/** How a table is written to the destination. */
export interface TableSettings {
  /**
   * Name of the table in the destination.
   * @default the source's name
   * @example 'orders_copy'
   */
  destinationTable?: string;
  /**
   * Schema of the table in the destination.
   * @default that of `settings.destinationSchema`
   * @example 'raw'
   */
  destinationSchema?: string;
  /**
   * How an item becomes a row, for this table.
   * @default that of `settings.columns`
   * @example Columns.Document
   */
  columns?: Columns;
  /**
   * Maximum number of attributes with their own column, for this table.
   * @default that of `settings.maxColumns`
   * @example 100
   */
  maxColumns?: number;
  /**
   * What a delete in the source does to the row, for this table.
   * @default that of `settings.deletes`
   * @example Deletes.Soft
   */
  deletes?: Deletes;
}

/** A source table, and how it is written to the destination. */
export interface ReplicatedTable extends TableSettings, SourceTableArgs {}
