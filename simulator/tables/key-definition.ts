import { validation } from '../service-error';
import type { Input } from './request';
import { constraint, missing, optionalEnum, optionalList, requiredText, structures } from './request';
import type { AttributeDefinition, KeySchemaElement } from './table-view';

/** AttributeDefinitions of a request. @throws ServiceError ValidationException */
export function readAttributeDefinitions(input: Input): AttributeDefinition[] {
  const list = optionalList(input, 'AttributeDefinitions');
  if (!list) throw missing('AttributeDefinitions');
  return structures(list).map((element) => {
    const type = optionalEnum(element, 'AttributeType', ['S', 'N', 'B']);
    if (!type) throw missing('AttributeType');
    return { AttributeName: keyName(element), AttributeType: type };
  });
}

/** KeySchema of a table or an index. @throws ServiceError ValidationException */
export function readKeySchema(input: Input): KeySchemaElement[] {
  const list = optionalList(input, 'KeySchema');
  if (!list) throw missing('KeySchema');
  if (list.length < 1)
    throw constraint('KeySchema', '[]', 'Member must have length greater than or equal to 1');
  if (list.length > 2)
    throw constraint('KeySchema', list.length, 'Member must have length less than or equal to 2');
  const keySchema = structures(list).map((element) => {
    const type = optionalEnum(element, 'KeyType', ['HASH', 'RANGE']);
    if (!type) throw missing('KeyType');
    return { AttributeName: keyName(element), KeyType: type };
  });
  checkOrder(keySchema);
  return keySchema;
}

/** The name of an attribute that is a key or that an index projects. @throws ServiceError ValidationException */
export function keyName(element: Input): string {
  const name = requiredText(element, 'AttributeName', { least: 1, most: 255 });
  if (Buffer.byteLength(name) > 255) {
    throw constraint('AttributeName', name, 'Member must have length less than or equal to 255');
  }
  return name;
}

function checkOrder([hash, range]: readonly KeySchemaElement[]): void {
  if (hash?.KeyType !== 'HASH')
    throw validation('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  if (range && range.KeyType !== 'RANGE') {
    throw validation('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  if (hash.AttributeName === range?.AttributeName) {
    throw validation('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  }
}

/** @throws ServiceError ValidationException for a key attribute that is not defined */
export function checkDefined(keys: readonly KeySchemaElement[], defined: readonly string[]): void {
  const lacking = keys.map(({ AttributeName }) => AttributeName).filter((name) => !defined.includes(name));
  if (lacking.length === 0) return;
  throw validation(
    `One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [${lacking.join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
  );
}

/**
 * Checks that exactly the key attributes of the table and its indexes are defined.
 * @throws ServiceError ValidationException
 */
export function checkDefinitions(
  definitions: readonly AttributeDefinition[],
  tableKeys: readonly KeySchemaElement[],
  indexKeys: readonly (readonly KeySchemaElement[])[],
): void {
  const defined = definitions.map(({ AttributeName }) => AttributeName);
  const twice = defined.find((name, i) => defined.indexOf(name) !== i);
  if (twice !== undefined) {
    throw validation(
      `One or more parameter values were invalid: Duplicate AttributeName in AttributeDefinitions: ${twice}`,
    );
  }
  for (const keys of [tableKeys, ...indexKeys]) checkDefined(keys, defined);
  const used = new Set([tableKeys, ...indexKeys].flat().map(({ AttributeName }) => AttributeName));
  if (used.size === defined.length) return;
  throw validation(
    indexKeys.length === 0
      ? 'One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions'
      : `One or more parameter values were invalid: Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], keys used: [${[...used].join(', ')}]`,
  );
}
