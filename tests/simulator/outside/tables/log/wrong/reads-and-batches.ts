import { KEY, ONE, TEXT, TableName, batchWrite, put, query, transact } from './requests';
import type { WrongRequests } from './requests';

/** Queries, scans, batches and transactions (API reference, each of them). */
export const wrongReadsAndBatches: WrongRequests = {
  'a key condition that is none': [
    query('#at = :one', ONE, { ExpressionAttributeNames: { '#at': 'at' } }),
    query('id > :s', TEXT),
    query('id = :s AND v = :one', { ...TEXT, ...ONE }),
    query('id = :s OR #at = :one', { ...TEXT, ...ONE }, { ExpressionAttributeNames: { '#at': 'at' } }),
    query('id = :s AND #at <> :one', { ...TEXT, ...ONE }, { ExpressionAttributeNames: { '#at': 'at' } }),
    query(
      'id = :s AND begins_with(#at, :one)',
      { ...TEXT, ...ONE },
      { ExpressionAttributeNames: { '#at': 'at' } },
    ),
    query('id = :s AND id = :s', TEXT),
    query('attribute_exists(id)', {}),
  ],
  'a filter on the key': [query('id = :s', TEXT, { FilterExpression: 'id = :s' })],
  'a page that cannot be': [
    query('id = :s', TEXT, { Limit: 0 }),
    query('id = :s', TEXT, { ExclusiveStartKey: { id: { S: 'a' } } }),
    query('id = :s', TEXT, { ExclusiveStartKey: { id: { S: 'other' }, at: { N: '1' } } }),
    ['Scan', { TableName, Limit: 0 }],
    ['Scan', { TableName, Limit: -1 }],
    ['Scan', { TableName, Segment: 1 }],
    ['Scan', { TableName, Segment: 2, TotalSegments: 2 }],
    ['Scan', { TableName, ExclusiveStartKey: { id: { S: 'a' } } }],
  ],
  'a choice that is none': [
    put({}, { ReturnValues: 'ALL_NEW' }),
    put({}, { ReturnValues: 'SOME' }),
    ['DeleteItem', { TableName, Key: KEY, ReturnValues: 'UPDATED_OLD' }],
    query('id = :s', TEXT, { Select: 'COUNT', ProjectionExpression: 'v' }),
    query('id = :s', TEXT, { Select: 'SPECIFIC_ATTRIBUTES' }),
  ],
  'a batch that is empty, too long, or has a key twice': [
    ['BatchWriteItem', { RequestItems: {} }],
    batchWrite(),
    batchWrite(
      ...Array.from({ length: 26 }, (_, i) => ({ DeleteRequest: { Key: { ...KEY, at: { N: String(i) } } } })),
    ),
    batchWrite({ PutRequest: { Item: KEY } }, { DeleteRequest: { Key: KEY } }),
    batchWrite({ PutRequest: { Item: KEY } }, { PutRequest: { Item: { ...KEY, at: { N: '1.0' } } } }),
    batchWrite({}),
    ['BatchGetItem', { RequestItems: { [TableName]: { Keys: [KEY, KEY] } } }],
    ['BatchGetItem', { RequestItems: { [TableName]: { Keys: [] } } }],
    [
      'BatchGetItem',
      {
        RequestItems: {
          [TableName]: { Keys: Array.from({ length: 101 }, (_, i) => ({ ...KEY, at: { N: String(i) } })) },
        },
      },
    ],
  ],
  'a transaction that is empty, too long, or has a key twice': [
    transact(),
    transact({ Delete: { TableName, Key: KEY } }, { Put: { TableName, Item: KEY } }),
    transact({ Delete: { TableName, Key: KEY } }, { Put: { TableName, Item: { ...KEY, at: { N: '1.0' } } } }),
    transact({ Delete: { TableName, Key: KEY }, Put: { TableName, Item: { ...KEY, at: { N: '2' } } } }),
    transact(
      ...Array.from({ length: 101 }, (_, i) => ({
        Delete: { TableName, Key: { ...KEY, at: { N: String(i) } } },
      })),
    ),
    transact({ ConditionCheck: { TableName, Key: KEY } }),
    transact({ Update: { TableName, Key: KEY } }),
  ],
  'a transaction with an expression that cannot be read': [
    transact({ Update: { TableName, Key: KEY, UpdateExpression: 'SET' } }),
    transact({ Delete: { TableName, Key: KEY, ConditionExpression: 'attribute_exists(#none)' } }),
  ],
  'a transaction with a key that does not fit': [
    transact(
      { Put: { TableName, Item: { ...KEY, at: { N: '3' } }, ConditionExpression: 'attribute_exists(id)' } },
      { Put: { TableName, Item: { ...KEY, at: { S: '1' } } } },
      { Delete: { TableName, Key: { id: { S: 'a' } } } },
    ),
  ],
};
