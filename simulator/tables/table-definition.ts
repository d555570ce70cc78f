import { readEncryption } from './encryption';
import type { Encryption } from './encryption';
import { onDemand, readIndexes } from './index-definition';
import type { IndexDefinition } from './index-definition';
import { readIndexUpdates, updateIndexes } from './index-update';
import type { IndexUpdates } from './index-update';
import { invalid } from './invalid';
import { checkDefinitions, readAttributeDefinitions, readKeySchema } from './key-definition';
import type { Input } from './request';
import { optionalEnum, optionalFlag, optionalInteger, optionalStructure, requiredText } from './request';
import { checkTableName } from './table-name';
import type { AttributeDefinition, KeySchemaElement } from './table-view';
import type { Throughput } from './throughput';
import { readThroughput } from './throughput';
import type { WarmThroughput } from './warm-throughput';
import { checkWarmThroughput, readWarmThroughput } from './warm-throughput';

/** A table's settings from CreateTable and UpdateTable, except streams, tags and time to live. */
export interface TableDefinition {
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  readonly indexes: readonly IndexDefinition[];
  readonly billingMode: BillingMode;
  /** Epoch ms; absent if the table was never on-demand. */
  readonly onDemandSince?: number;
  /** Undefined for an on-demand table. */
  readonly throughput: Throughput | undefined;
  readonly onDemandThroughput?: object;
  readonly warmThroughput?: WarmThroughput;
  readonly encryption?: Encryption;
  readonly deletionProtection: boolean;
  readonly tableClass?: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS';
}

type BillingMode = 'PROVISIONED' | 'PAY_PER_REQUEST';

const BILLING_MODES = ['PROVISIONED', 'PAY_PER_REQUEST'] as const;
const TABLE_CLASSES = ['STANDARD', 'STANDARD_INFREQUENT_ACCESS'] as const;

/** Reads CreateTable's input. @param now epoch ms @throws ServiceError ValidationException */
export function readDefinition(input: Input, now: number): TableDefinition {
  const name = requiredText(input, 'TableName');
  checkTableName(name);
  const attributeDefinitions = readAttributeDefinitions(input);
  const keySchema = readKeySchema(input);
  const indexes = readIndexes(input, keySchema);
  const billingMode = optionalEnum(input, 'BillingMode', BILLING_MODES) ?? 'PROVISIONED';
  const given = optionalStructure(input, 'ProvisionedThroughput');
  const definition: TableDefinition = {
    name,
    keySchema,
    attributeDefinitions,
    indexes,
    ...billed(billingMode, given && readThroughput(given), now),
    ...readOptions(input),
    deletionProtection: optionalFlag(input, 'DeletionProtectionEnabled') ?? false,
  };
  checkWarmThroughput('the table', definition.warmThroughput, { throughput: definition.throughput });
  checkTogether(definition);
  return definition;
}

/** The changes in UpdateTable's input, except streams. */
export interface TableUpdate {
  readonly billingMode: BillingMode | undefined;
  readonly throughput: Throughput | undefined;
  readonly options: ReturnType<typeof readOptions>;
  readonly indexes: IndexUpdates;
  readonly deletionProtection: boolean | undefined;
}

/** Reads UpdateTable's input. @throws ServiceError ValidationException */
export function readTableUpdate(input: Input): TableUpdate {
  const throughput = optionalStructure(input, 'ProvisionedThroughput');
  return {
    billingMode: optionalEnum(input, 'BillingMode', BILLING_MODES),
    throughput: throughput && readThroughput(throughput),
    options: readOptions(input),
    indexes: readIndexUpdates(input),
    deletionProtection: optionalFlag(input, 'DeletionProtectionEnabled'),
  };
}

/** @param now epoch ms @throws ServiceError ValidationException, LimitExceededException, ResourceNotFoundException */
export function updateDefinition(
  definition: TableDefinition,
  update: TableUpdate,
  now: number,
): TableDefinition {
  const changesBilling = update.billingMode !== undefined || update.throughput !== undefined;
  const indexed =
    update.billingMode === 'PAY_PER_REQUEST'
      ? { ...definition, indexes: definition.indexes.map(onDemand) }
      : definition;
  const next: TableDefinition = {
    ...(changesBilling
      ? { ...definition, ...billed(update.billingMode ?? definition.billingMode, update.throughput, now) }
      : definition),
    ...(definition.billingMode === 'PAY_PER_REQUEST' && definition.onDemandSince !== undefined
      ? { onDemandSince: definition.onDemandSince }
      : {}),
    ...updateIndexes(indexed, update.indexes),
    ...update.options,
    warmThroughput: { ...definition.warmThroughput, ...update.options.warmThroughput },
    deletionProtection: update.deletionProtection ?? definition.deletionProtection,
  };
  checkWarmThroughput('the table', update.options.warmThroughput, definition);
  checkTogether(next);
  return next;
}

/** Checks settings that depend on each other. @throws ServiceError ValidationException */
function checkTogether({ keySchema, attributeDefinitions, indexes, billingMode }: TableDefinition): void {
  checkDefinitions(
    attributeDefinitions,
    keySchema,
    indexes.map((index) => index.keySchema),
  );
  for (const { kind, name, throughput } of indexes) {
    if (kind === 'local') continue;
    if (billingMode === 'PROVISIONED' && !throughput) {
      throw invalid(`ProvisionedThroughput is not specified for index: ${name}`);
    }
    if (billingMode === 'PAY_PER_REQUEST' && throughput) {
      throw invalid(
        `ProvisionedThroughput should not be specified for index: ${name} when BillingMode is PAY_PER_REQUEST`,
      );
    }
  }
}

/** Settings that are described but have no effect. */
function readOptions(
  input: Input,
): Pick<TableDefinition, 'encryption' | 'onDemandThroughput' | 'tableClass' | 'warmThroughput'> {
  const tableClass = optionalEnum(input, 'TableClass', TABLE_CLASSES);
  const warmThroughput = readWarmThroughput(input);
  const onDemandThroughput = readOnDemandThroughput(input);
  const encryption = readEncryption(input);
  return {
    ...(tableClass ? { tableClass } : {}),
    ...(warmThroughput ? { warmThroughput } : {}),
    ...(onDemandThroughput ? { onDemandThroughput } : {}),
    ...(encryption ? { encryption } : {}),
  };
}

function readOnDemandThroughput(input: Input): object | undefined {
  const given = optionalStructure(input, 'OnDemandThroughput');
  return (
    given && {
      MaxReadRequestUnits: optionalInteger(given, 'MaxReadRequestUnits', -1) ?? -1,
      MaxWriteRequestUnits: optionalInteger(given, 'MaxWriteRequestUnits', -1) ?? -1,
    }
  );
}

type Billing = Pick<TableDefinition, 'billingMode' | 'onDemandSince' | 'throughput'>;

/** @throws ServiceError ValidationException if billing mode and throughput contradict each other */
function billed(billingMode: BillingMode, throughput: Throughput | undefined, now: number): Billing {
  if (billingMode === 'PROVISIONED') return { billingMode, throughput: throughput ?? readThroughput({}) };
  if (!throughput) return { billingMode, throughput, onDemandSince: now };
  throw invalid(
    'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
  );
}
