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
   * Its type.
   * @default KeyType.Text
   * @example KeyType.Numeric
   */
  type?: KeyType;
}

/** A table to be created: on demand, encrypted, protected from deletion, with stream and point-in-time recovery on. */
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
   * Whether the table has to be unprotected before it can be deleted; destroying the stack then fails until this is false.
   * @default true
   * @example false
   */
  deletionProtection?: boolean;
}

/** A DynamoDB table as a source. */
export interface SourceTableArgs {
  /**
   * Name of the table. With `table` it only names resources here, and the table's own name counts.
   * @default (required)
   * @example 'orders'
   */
  name: string;
  /**
   * Who looks after the table's stream and point-in-time recovery.
   * @default TableManagement.Verify
   * @example TableManagement.Enable
   */
  management?: TableManagement;
  /**
   * View type of the stream; both new images will do, so it only matters where the stream is enabled here.
   * @default StreamViewType.NewAndOldImages
   * @example StreamViewType.NewImage
   */
  streamViewType?: StreamViewType;
  /**
   * With `Enable`: a stream of an unusable view type is disabled and another enabled, from which every reader of the old
   * one (Lambda functions, other replicators) is cut off.
   * @default false
   * @example true
   */
  replaceExistingStream?: boolean;
  /**
   * With `Enable`: what destroying the stack does to what was turned on.
   * @default OnDestroy.Leave
   * @example OnDestroy.Restore
   */
  onDestroy?: OnDestroy;
  /**
   * With `Managed`: the table that this program has.
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
   * Customer-managed KMS key that the table is encrypted with; the replicator may then decrypt with it.
   * @default none, for AWS's own key
   * @example 'arn:aws:kms:eu-west-1:123456789012:key/0a1b2c3d-0000-1111-2222-333344445555'
   */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * Account that owns the table, where it is another: the table is then not looked at here, the replicator does at its start.
   * @default none, for the account of the stack
   * @example '210987654321'
   */
  accountId?: pulumi.Input<string>;
}

/** How a table is written. */
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
   * Attributes that get a column of their own, for this table.
   * @default that of `settings.maxColumns`
   * @example 100
   */
  maxColumns?: number;
  /**
   * What a delete does to the row, for this table.
   * @default that of `settings.deletes`
   * @example Deletes.Soft
   */
  deletes?: Deletes;
}

/** A source table and how it is written. */
export interface ReplicatedTable extends TableSettings, SourceTableArgs {}
