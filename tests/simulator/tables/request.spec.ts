import assert from 'node:assert/strict';
import { Service, table } from './fixture';
import type { Wire } from './fixture';

const item = { TableName: 'items', Item: { id: { S: 'a' } } };
const key = { TableName: 'items', Key: { id: { S: 'a' } } };
const created = table('orders', [['id', 'S']]);
const mustNotBeNull = (name: string): string =>
  `ValidationException: 1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`;

describe('simulator: malformed requests', () => {
  const refused: [string, Wire, string][] = [
    [
      'PutItem',
      { ...item, TableName: 3 },
      'SerializationException: NUMBER_VALUE cannot be converted to String',
    ],
    ['PutItem', { ...item, Item: undefined }, mustNotBeNull('item')],
    [
      'PutItem',
      { ...item, Item: [] },
      'SerializationException: Unexpected start of a list where Map was expected',
    ],
    ['PutItem', { ...item, TableName: undefined }, mustNotBeNull('tableName')],
    [
      'PutItem',
      { ...item, ReturnValues: 'OLD' },
      "ValidationException: 1 validation error detected: Value 'OLD' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
    ],
    ['GetItem', { ...key, Key: undefined }, mustNotBeNull('key')],
    [
      'GetItem',
      { ...key, ConsistentRead: 'yes' },
      'SerializationException: STRING_VALUE cannot be converted to Boolean',
    ],
    [
      'GetItem',
      { ...key, ExpressionAttributeNames: 'x' },
      'SerializationException: STRING_VALUE cannot be converted to Structure',
    ],
    [
      'UpdateItem',
      { ...key, UpdateExpression: {} },
      'SerializationException: Start of structure or map found where not expected; String was expected',
    ],
    [
      'Scan',
      { TableName: 'items', Limit: 1.5 },
      'SerializationException: NUMBER_VALUE cannot be converted to Integer',
    ],
    [
      'Scan',
      { TableName: 'items', Limit: '1' },
      'SerializationException: STRING_VALUE cannot be converted to Integer',
    ],
    ['BatchWriteItem', {}, mustNotBeNull('requestItems')],
    [
      'BatchWriteItem',
      { RequestItems: { items: {} } },
      'SerializationException: Start of structure or map found where not expected; List was expected',
    ],
    [
      'BatchWriteItem',
      { RequestItems: { items: ['x'] } },
      'SerializationException: STRING_VALUE cannot be converted to Structure',
    ],
    ['BatchGetItem', { RequestItems: { items: {} } }, mustNotBeNull('requestItems.items.member.keys')],
    ['TransactWriteItems', {}, mustNotBeNull('transactItems')],
    ['TransactWriteItems', { TransactItems: [{ Update: key }] }, mustNotBeNull('updateExpression')],
    ['TransactGetItems', {}, mustNotBeNull('transactItems')],
    ['UpdateTimeToLive', { TableName: 'items' }, mustNotBeNull('timeToLiveSpecification')],
    [
      'UpdateTimeToLive',
      { TableName: 'items', TimeToLiveSpecification: { AttributeName: 'x' } },
      mustNotBeNull('timeToLiveSpecification.enabled'),
    ],
    ['CreateTable', { ...created, KeySchema: undefined }, mustNotBeNull('keySchema')],
    ['CreateTable', { ...created, AttributeDefinitions: undefined }, mustNotBeNull('attributeDefinitions')],
    ['CreateTable', { ...created, KeySchema: [{ AttributeName: 'id' }] }, mustNotBeNull('keyType')],
    ['CreateTable', { ...created, KeySchema: [{ KeyType: 'HASH' }] }, mustNotBeNull('attributeName')],
    [
      'CreateTable',
      { ...created, AttributeDefinitions: [{ AttributeName: 'id' }] },
      mustNotBeNull('attributeType'),
    ],
  ];
  for (const [operation, input, message] of refused) {
    it(`${operation} ${JSON.stringify(input)}`, () => {
      const service = new Service();
      assert.equal(service.refusal(operation, input), message);
      assert.equal(service.changes.length, 0);
    });
  }

  it('names of key attributes have 1 to 255 bytes', () => {
    const service = new Service();
    const create = (name: string): string => service.refusal('CreateTable', table('orders', [[name, 'S']]));
    assert.match(create(''), /length greater than or equal to 1$/);
    assert.match(create('é'.repeat(128)), /length less than or equal to 255$/);
    assert.equal(create(`${'é'.repeat(127)}x`), 'no error');
  });
});
