import assert from 'node:assert/strict';
import { Service } from '../fixture';
import type { Wire } from '../fixture';

const Key = { id: { S: 'a' } };
const missing = { TableName: 'nowhere' };
const wrongCondition = { ConditionExpression: 'a = ' };

/** Requests with an error, for a table that does not exist. */
const requests: [operation: string, input: Wire][] = [
  ['PutItem', { ...missing, Item: { id: { S: 'a', N: '1' } } }],
  ['PutItem', { ...missing, Item: Key, ...wrongCondition }],
  ['PutItem', { ...missing, Item: { id: { S: 'x'.repeat(410_000) } } }],
  ['PutItem', { ...missing, Item: Key, ReturnConsumedCapacity: 'SOME' }],
  ['PutItem', { ...missing, Item: Key, ReturnItemCollectionMetrics: 'SOME' }],
  ['DeleteItem', { ...missing, Key, ...wrongCondition }],
  ['DeleteItem', { ...missing, Key, ReturnValues: 'ALL_NEW' }],
  ['DeleteItem', missing],
  ['UpdateItem', { ...missing, Key, UpdateExpression: 'SET a' }],
  ['UpdateItem', { ...missing, UpdateExpression: 'REMOVE a' }],
  ['UpdateItem', { ...missing, Key, ReturnValuesOnConditionCheckFailure: 'SOME' }],
  ['GetItem', { ...missing, Key, ProjectionExpression: 'a,' }],
  ['GetItem', missing],
  ['Query', { ...missing, KeyConditionExpression: 'a' }],
  ['Query', { ...missing }],
  [
    'Query',
    {
      ...missing,
      KeyConditionExpression: 'a = :a',
      ExpressionAttributeValues: { ':a': { S: 'a' } },
      Limit: 0,
    },
  ],
  ['Scan', { ...missing, FilterExpression: 'a' }],
  ['Scan', { ...missing, Segment: 3, TotalSegments: 2 }],
  ['Scan', { ...missing, Select: 'SPECIFIC_ATTRIBUTES' }],
  ['BatchWriteItem', { RequestItems: { nowhere: [{ PutRequest: { Item: Key }, DeleteRequest: { Key } }] } }],
  ['BatchWriteItem', { RequestItems: { nowhere: [] } }],
  ['BatchGetItem', { RequestItems: { nowhere: { Keys: [Key], ProjectionExpression: 'a,' } } }],
  ['BatchGetItem', { RequestItems: { nowhere: { Keys: [] } } }],
  ['TransactWriteItems', { TransactItems: [{ Put: { ...missing, Item: Key, ...wrongCondition } }] }],
  ['TransactGetItems', { TransactItems: [{ Get: { ...missing, Key, ProjectionExpression: 'a,' } }] }],
  ['UpdateTimeToLive', { ...missing, TimeToLiveSpecification: { Enabled: true, AttributeName: '' } }],
  ['UpdateTable', { ...missing, BillingMode: 'SOME' }],
  ['UpdateTable', { ...missing, GlobalSecondaryIndexUpdates: [{ Create: { IndexName: 'x' } }] }],
];

describe('simulator: a request is validated before its table is looked up', () => {
  for (const [operation, input] of requests) {
    it(`${operation} ${JSON.stringify(input).slice(0, 90)}`, () => {
      assert.match(new Service().refusal(operation, input), /^ValidationException/);
    });
  }

  it('a valid request does not find the table', () => {
    for (const [operation, input] of [
      ['PutItem', { ...missing, Item: Key }],
      ['GetItem', { ...missing, Key }],
      ['Scan', missing],
      ['BatchWriteItem', { RequestItems: { nowhere: [{ PutRequest: { Item: Key } }] } }],
    ] as const) {
      assert.match(new Service().refusal(operation, input), /^ResourceNotFoundException/);
    }
  });
});
