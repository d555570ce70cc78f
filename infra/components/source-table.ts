import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { KeyType, OnDestroy, StreamViewType, TableManagement } from '../arguments/choices';
import type { KeyAttribute, NewTable, SourceTableArgs } from '../arguments/table';
import { refuse } from '../errors';
import { outputsOf } from './outputs';
import { cliFlagsIn, providerPlace } from './place';
import { customerKey, findManagedTable, findTable } from './lookups';
import { requireSuitable } from '../plan/table-requirements';
import { providerSettings } from './table-streaming/provider-settings';
import { TableStreaming } from './table-streaming/table-streaming';
import { sourceTableProblems } from '../validate/tables';

/**
 * A DynamoDB table to replicate from. It needs a stream with new images, and point-in-time recovery.
 *
 * A table that others manage is checked. If something is off, the error has the commands that turn it on:
 *
 *     new SourceTable('orders', { name: 'orders' });
 *
 * `management: TableManagement.Enable` turns on what is off. A table of this program is passed in, or created:
 *
 *     new SourceTable('orders', { name: 'orders', management: TableManagement.Managed, table });
 */
export class SourceTable extends pulumi.ComponentResource {
  /** Name of the table. */
  readonly tableName: pulumi.Output<string>;
  /** ARN of the table. */
  readonly arn: pulumi.Output<string>;
  /** ARN of the table's stream; empty for a table of another account. */
  readonly streamArn: pulumi.Output<string>;
  /** ARN of the customer-managed key that encrypts the table; empty without one. */
  readonly kmsKeyArn: pulumi.Output<string>;
  /** Names of the key attributes; empty for a table of another account whose `keyAttributes` are not given. */
  readonly keyAttributes: pulumi.Output<string[]>;

  constructor(name: string, args: SourceTableArgs, opts?: pulumi.ComponentResourceOptions) {
    refuse(`SourceTable ${name}`, sourceTableProblems(args));
    super('dynamodb-replicator:index:SourceTable', name, {}, opts);
    const table = pulumi.output(this.#table(name, args));
    this.tableName = table.name;
    this.arn = table.arn;
    this.streamArn = table.streamArn;
    this.kmsKeyArn = table.kmsKeyArn;
    this.keyAttributes = table.keyAttributes;
    this.registerOutputs(outputsOf(this));
  }

  #table(name: string, args: SourceTableArgs): FoundTable {
    if (args.accountId !== undefined) return this.#foreign(args, args.accountId);
    switch (args.management ?? TableManagement.Verify) {
      case TableManagement.Verify:
        return this.#verified(args);
      case TableManagement.Enable:
        return this.#enabled(name, args);
      case TableManagement.Managed:
        return this.#managed(name, args);
    }
  }

  #foreign(
    { name, kmsKeyArn = '', keyAttributes = [] }: SourceTableArgs,
    accountId: pulumi.Input<string>,
  ): FoundTable {
    const arn = pulumi
      .all([providerPlace(this), accountId])
      .apply(
        ([{ partition, region }, account]) => `arn:${partition}:dynamodb:${region}:${account}:table/${name}`,
      );
    return { name, arn, streamArn: '', kmsKeyArn, keyAttributes };
  }

  /** @param suitable whether stream and recovery must already be on */
  #found(name: string, suitable: boolean): pulumi.Output<aws.dynamodb.GetTableResult> {
    return providerPlace(this).apply(({ region }) => findTable(name, region, suitable, { parent: this }));
  }

  #keys(args: SourceTableArgs, table: pulumi.Output<aws.dynamodb.GetTableResult>): TableKeys {
    const keyAttributes = table.apply(({ hashKey, rangeKey }) =>
      rangeKey ? [hashKey, rangeKey] : [hashKey],
    );
    const { serverSideEncryption } = table;
    return { kmsKeyArn: this.#key(args, serverSideEncryption.kmsKeyArn), keyAttributes };
  }

  /** The customer-managed key in a table's description, before that of the arguments. */
  #key(
    { name, kmsKeyArn }: SourceTableArgs,
    encryptedWith: pulumi.Input<string> | undefined,
  ): pulumi.Output<string> {
    return pulumi
      .all([encryptedWith, kmsKeyArn])
      .apply(([described, given]) => customerKey(name, described, given, { parent: this }));
  }

  #verified(args: SourceTableArgs): FoundTable {
    const table = this.#found(args.name, true);
    return { name: args.name, arn: table.arn, streamArn: table.streamArn, ...this.#keys(args, table) };
  }

  #enabled(name: string, args: SourceTableArgs): FoundTable {
    const { region, account } = providerPlace(this);
    const streaming = new TableStreaming(
      `${name}-streaming`,
      {
        table: args.name,
        region,
        account,
        ...providerSettings(this),
        viewType: args.streamViewType ?? StreamViewType.NewAndOldImages,
        replaceExistingStream: args.replaceExistingStream ?? false,
        onDestroy: args.onDestroy ?? OnDestroy.Leave,
      },
      { parent: this },
    );
    const table = this.#found(args.name, false);
    return { name: args.name, arn: table.arn, streamArn: streaming.streamArn, ...this.#keys(args, table) };
  }

  #managed(name: string, args: SourceTableArgs): FoundTable {
    const table = args.table ?? this.#created(name, args.name, args.create as NewTable, args.streamViewType);
    // Checked separately from the stream's ARN, which a preview does not know, so that a preview already refuses the table.
    const suitable = pulumi
      .all([table.streamEnabled, table.streamViewType, table.pointInTimeRecovery, providerPlace(this)])
      .apply(([streamEnabled, streamViewType, recovery, { region }]) => {
        const facts = {
          name: args.name,
          streamEnabled: streamEnabled ?? false,
          streamViewType,
          recoveryEnabled: recovery.enabled,
        };
        requireSuitable(facts, cliFlagsIn(region));
      });
    const streamArn = pulumi.all([table.streamArn, suitable]).apply(([arn]) => arn);
    const keys =
      args.table === undefined
        ? this.#createdKeys(args, args.create as NewTable)
        : this.#keys(args, this.#managedTable(args.table));
    return { name: table.name, arn: table.arn, streamArn, ...keys };
  }

  /**
   * The table as AWS describes it, once it exists. In a preview Pulumi takes each output that a resource does not have for unknown, such
   * as `rangeKey` and `serverSideEncryption`: with those, every preview would show a change.
   */
  #managedTable({ arn }: aws.dynamodb.Table): pulumi.Output<aws.dynamodb.GetTableResult> {
    return arn.apply((known) => findManagedTable(known, { parent: this }));
  }

  /** A created table has AWS's key. */
  #createdKeys(args: SourceTableArgs, create: NewTable): TableKeys {
    const keyAttributes = keysOf(create).map((key) => key.name);
    return { kmsKeyArn: this.#key(args, undefined), keyAttributes };
  }

  #created(
    name: string,
    tableName: string,
    create: NewTable,
    streamViewType = StreamViewType.NewAndOldImages,
  ): aws.dynamodb.Table {
    const { partitionKey, sortKey, deletionProtection } = create;
    return new aws.dynamodb.Table(
      `${name}-table`,
      {
        name: tableName,
        billingMode: 'PAY_PER_REQUEST',
        hashKey: partitionKey.name,
        ...(sortKey && { rangeKey: sortKey.name }),
        attributes: keysOf(create).map((key) => ({ name: key.name, type: key.type ?? KeyType.Text })),
        streamEnabled: true,
        streamViewType,
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true },
        deletionProtectionEnabled: deletionProtection ?? true,
      },
      { parent: this },
    );
  }
}

/** A table, found or created. */
interface FoundTable extends TableKeys {
  readonly name: pulumi.Input<string>;
  readonly arn: pulumi.Input<string>;
  readonly streamArn: pulumi.Input<string>;
}

interface TableKeys {
  readonly kmsKeyArn: pulumi.Input<string>;
  readonly keyAttributes: pulumi.Input<string[]>;
}

function keysOf({ partitionKey, sortKey }: NewTable): readonly KeyAttribute[] {
  return sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
}
