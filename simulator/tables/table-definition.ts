import { validation } from '../service-error';
import type { Input } from './request';
import {
  constraint,
  missing,
  optionalEnum,
  optionalFlag,
  optionalInteger,
  optionalList,
  optionalStructure,
  optionalText,
  requiredText,
  structures,
} from './request';
import type { AttributeDefinition, KeySchemaElement } from './table-view';

/** What CreateTable and UpdateTable settle about a table, streams and time to live apart. */
export interface TableDefinition {
  readonly name: string;
  readonly keySchema: readonly KeySchemaElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  readonly billingMode: 'PROVISIONED' | 'PAY_PER_REQUEST';
  /** Epoch ms; absent for a table that was never on demand. */
  readonly onDemandSince?: number;
  readonly readCapacityUnits: number;
  readonly writeCapacityUnits: number;
  readonly deletionProtection: boolean;
  readonly tableClass?: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS';
}

const TABLE_CLASSES = ['STANDARD', 'STANDARD_INFREQUENT_ACCESS'] as const;

/** @throws ServiceError ValidationException unless it is a table name */
export function checkTableName(name: string): void {
  if (name.length < 3 || name.length > 255) {
    throw validation('TableName must be at least 3 characters long and at most 255 characters long');
  }
  if (!/^[a-zA-Z0-9_.-]+$/.test(name)) {
    throw constraint('TableName', name, 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+');
  }
}

/** Reads CreateTable's input. @param now epoch ms @throws ServiceError ValidationException */
export function readDefinition(input: Input, now: number): TableDefinition {
  const name = requiredText(input, 'TableName');
  checkTableName(name);
  const attributeDefinitions = readAttributeDefinitions(input);
  const keySchema = readKeySchema(input);
  checkKeys(keySchema, attributeDefinitions);
  const tableClass = optionalEnum(input, 'TableClass', TABLE_CLASSES);
  return {
    name,
    keySchema,
    attributeDefinitions,
    ...readBilling(
      input,
      optionalEnum(input, 'BillingMode', ['PROVISIONED', 'PAY_PER_REQUEST']) ?? 'PROVISIONED',
      now,
    ),
    deletionProtection: optionalFlag(input, 'DeletionProtectionEnabled') ?? false,
    ...(tableClass ? { tableClass } : {}),
  };
}

/** Applies UpdateTable's input, streams apart. @throws ServiceError ValidationException */
export function updateDefinition(definition: TableDefinition, input: Input, now: number): TableDefinition {
  const billingMode = optionalEnum(input, 'BillingMode', ['PROVISIONED', 'PAY_PER_REQUEST']);
  const throughput = optionalStructure(input, 'ProvisionedThroughput');
  const tableClass = optionalEnum(input, 'TableClass', TABLE_CLASSES);
  const billing =
    billingMode !== undefined || throughput
      ? readBilling(input, billingMode ?? definition.billingMode, now)
      : {};
  return {
    ...definition,
    ...billing,
    ...(definition.billingMode === 'PAY_PER_REQUEST' && definition.onDemandSince !== undefined
      ? { onDemandSince: definition.onDemandSince }
      : {}),
    deletionProtection: optionalFlag(input, 'DeletionProtectionEnabled') ?? definition.deletionProtection,
    ...(tableClass ? { tableClass } : {}),
  };
}

function readBilling(
  input: Input,
  billingMode: TableDefinition['billingMode'],
  now: number,
): Pick<TableDefinition, 'billingMode' | 'onDemandSince' | 'readCapacityUnits' | 'writeCapacityUnits'> {
  const throughput = optionalStructure(input, 'ProvisionedThroughput');
  if (billingMode === 'PAY_PER_REQUEST') {
    if (throughput) {
      throw validation(
        'One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
      );
    }
    return { billingMode, onDemandSince: now, readCapacityUnits: 0, writeCapacityUnits: 0 };
  }
  const readCapacityUnits = throughput && optionalInteger(throughput, 'ReadCapacityUnits', 1);
  const writeCapacityUnits = throughput && optionalInteger(throughput, 'WriteCapacityUnits', 1);
  if (readCapacityUnits === undefined || writeCapacityUnits === undefined) {
    throw validation(
      'One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    );
  }
  return { billingMode, readCapacityUnits, writeCapacityUnits };
}

function readAttributeDefinitions(input: Input): AttributeDefinition[] {
  const list = optionalList(input, 'AttributeDefinitions');
  if (!list) throw missing('AttributeDefinitions');
  return structures(list).map((element) => {
    const type = optionalEnum(element, 'AttributeType', ['S', 'N', 'B']);
    if (!type) throw missing('AttributeType');
    return { AttributeName: keyName(element), AttributeType: type };
  });
}

function readKeySchema(input: Input): KeySchemaElement[] {
  const list = optionalList(input, 'KeySchema');
  if (!list) throw missing('KeySchema');
  if (list.length < 1)
    throw constraint('KeySchema', '[]', 'Member must have length greater than or equal to 1');
  if (list.length > 2)
    throw constraint('KeySchema', list.length, 'Member must have length less than or equal to 2');
  return structures(list).map((element) => {
    const type = optionalEnum(element, 'KeyType', ['HASH', 'RANGE']);
    if (!type) throw missing('KeyType');
    return { AttributeName: keyName(element), KeyType: type };
  });
}

function keyName(element: Input): string {
  const name = optionalText(element, 'AttributeName');
  if (name === undefined) throw missing('AttributeName');
  if (name === '')
    throw constraint('AttributeName', name, 'Member must have length greater than or equal to 1');
  if (Buffer.byteLength(name) > 255) {
    throw constraint('AttributeName', name, 'Member must have length less than or equal to 255');
  }
  return name;
}

function checkKeys(
  keySchema: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
): void {
  const [hash, range] = keySchema;
  if (hash?.KeyType !== 'HASH')
    throw validation('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  if (range && range.KeyType !== 'RANGE') {
    throw validation('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  if (hash.AttributeName === range?.AttributeName) {
    throw validation('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  }
  const defined = definitions.map(({ AttributeName }) => AttributeName);
  if (new Set(defined).size !== defined.length) {
    throw validation(
      'One or more parameter values were invalid: Duplicate AttributeName in AttributeDefinitions',
    );
  }
  const lacking = keySchema
    .map(({ AttributeName }) => AttributeName)
    .filter((name) => !defined.includes(name));
  if (lacking.length > 0) {
    throw validation(
      `One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [${lacking.join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
    );
  }
  if (defined.length !== keySchema.length) {
    throw validation(
      'One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
    );
  }
}
