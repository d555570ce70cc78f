import type { Wire } from '../wire';
import { WRONG_ITEM_KEY } from './operation';
import type { Operation } from './operation';
import { WRONG_TABLE } from './tables';
import { NO_NUMBERS } from './values';

const TableName = WRONG_TABLE.name;
const KEY = WRONG_ITEM_KEY;

const put = (item: Wire, more: Wire = {}): [string, Wire] => [
  'PutItem',
  { TableName, Item: { ...KEY, ...item }, ...more },
];
const of = (value: unknown): [string, Wire] => put({ v: value });
const get = (key: Wire, more: Wire = {}): [string, Wire] => ['GetItem', { TableName, Key: key, ...more }];
const update = (UpdateExpression: string, values?: Wire, names?: Wire): [string, Wire] => [
  'UpdateItem',
  {
    TableName,
    Key: KEY,
    UpdateExpression,
    ...(values ? { ExpressionAttributeValues: values } : {}),
    ...(names ? { ExpressionAttributeNames: names } : {}),
  },
];
const when = (ConditionExpression: string, values?: Wire, names?: Wire): [string, Wire] =>
  put(
    {},
    {
      ConditionExpression,
      ...(values ? { ExpressionAttributeValues: values } : {}),
      ...(names ? { ExpressionAttributeNames: names } : {}),
    },
  );
const query = (KeyConditionExpression: string, values: Wire, more: Wire = {}): [string, Wire] => [
  'Query',
  { TableName, KeyConditionExpression, ExpressionAttributeValues: values, ...more },
];
const transact = (...TransactItems: Wire[]): [string, Wire] => ['TransactWriteItems', { TransactItems }];
const batchWrite = (...requests: Wire[]): [string, Wire] => [
  'BatchWriteItem',
  { RequestItems: { [TableName]: requests } },
];

const ONE = { ':one': { N: '1' } };
const TEXT = { ':s': { S: 'a' } };
const LIST = { ':l': { L: [] } };
const nested = (levels: number): Wire => (levels === 1 ? { S: '' } : { L: [nested(levels - 1)] });

/** By the rule that AWS refuses them by ("Expressions", "Constraints in Amazon DynamoDB", API reference). */
const REQUESTS: Readonly<Record<string, readonly [string, Wire][]>> = {
  'no such table': [
    ['GetItem', { TableName: 'nowhere', Key: KEY }],
    ['PutItem', { TableName: 'nowhere', Item: KEY }],
    ['Scan', { TableName: 'nowhere' }],
    ['BatchGetItem', { RequestItems: { nowhere: { Keys: [KEY] } } }],
  ],
  'a member is missing': [
    ['GetItem', { Key: KEY }],
    ['GetItem', { TableName }],
    ['PutItem', { TableName }],
    ['Query', { TableName }],
    ['BatchGetItem', {}],
  ],
  'a key is missing or too much': [
    ['PutItem', { TableName, Item: { id: { S: 'a' } } }],
    ['PutItem', { TableName, Item: { at: { N: '1' } } }],
    get({ id: { S: 'a' } }),
    get({ ...KEY, more: { S: '' } }),
    get({}),
  ],
  'a key of the wrong type': [
    ['PutItem', { TableName, Item: { id: { S: 'a' }, at: { S: '1' } } }],
    ['PutItem', { TableName, Item: { id: { N: '1' }, at: { N: '1' } } }],
    get({ id: { S: 'a' }, at: { S: '1' } }),
    query('id = :one', ONE),
    query(
      'id = :s AND #at = :t',
      { ...TEXT, ':t': { S: '1' } },
      { ExpressionAttributeNames: { '#at': 'at' } },
    ),
  ],
  'an empty key': [
    ['PutItem', { TableName, Item: { ...KEY, id: { S: '' } } }],
    get({ ...KEY, id: { S: '' } }),
    query('id = :e', { ':e': { S: '' } }),
  ],
  'a key that is too long': [
    ['PutItem', { TableName, Item: { ...KEY, id: { S: 'k'.repeat(2049) } } }],
    get({ ...KEY, id: { S: 'k'.repeat(2049) } }),
  ],
  'a value of no type, two types or an unknown one': [
    of({}),
    of({ S: 'a', N: '1' }),
    of({ X: 'a' }),
    of({ L: [{}] }),
  ],
  'a value of the wrong JSON type': [
    of('a'),
    of({ S: 1 }),
    of({ N: 1 }),
    of({ BOOL: 'true' }),
    of({ L: {} }),
    of({ M: [] }),
    of({ SS: 'a' }),
    of({ B: 'no base64!' }),
    of({ B: 'AAA' }),
  ],
  'a null that is false': [of({ NULL: false })],
  'an empty set': [of({ SS: [] }), of({ NS: [] }), of({ BS: [] })],
  'a set with a member twice': [
    of({ SS: ['a', 'a'] }),
    of({ NS: ['1', '1'] }),
    of({ NS: ['1', '1.0'] }),
    of({ BS: ['AA==', 'AA=='] }),
  ],
  'an item that is too large': [of({ S: 'x'.repeat(409_600) })],
  'too many levels': [of(nested(33))],
  'an attribute name that is empty': [
    ['PutItem', { TableName, Item: { ...KEY, '': { S: '' } } }],
    of({ M: { '': { S: '' } } }),
  ],
  ...Object.fromEntries(
    Object.entries(NO_NUMBERS).map(([rule, texts]) => [
      rule,
      texts.flatMap(
        (N) =>
          [of({ N }), put({ set: { NS: [N] } }), ['PutItem', { TableName, Item: { ...KEY, at: { N } } }]] as [
            string,
            Wire,
          ][],
      ),
    ]),
  ),
  'a sum over what a number holds': [
    update('SET v = :a + :b', { ':a': { N: '9E125' }, ':b': { N: '9E125' } }),
    update('SET v = :a + :b', { ':a': { N: '1E125' }, ':b': { N: '1' } }),
  ],
  'an expression that cannot be read': [
    update('SET'),
    update('SET v'),
    update('SET v = '),
    update('SET v = :one,', ONE),
    update('PUT v = :one', ONE),
    update(''),
    update('SET v = :one SET w = :one', ONE),
    update('SET v = :one + :one + :one', ONE),
    update('SET v = if_not_exists(v, :one + :one)', ONE),
    when('id ='),
    when('(id = :s', TEXT),
    when('nonsense(id)'),
    when('id == :s', TEXT),
    when(''),
  ],
  'a reserved word or a bad name': [
    update('SET size = :one', ONE),
    update('SET name = :one', ONE),
    update('SET a-b = :one', ONE),
    when('attribute_exists(status)'),
  ],
  'a placeholder without meaning, or a meaning without placeholder': [
    update('SET v = :none'),
    update('SET #none = :one', ONE),
    update('SET v = :one', { ...ONE, ...TEXT }),
    update('SET v = :one', ONE, { '#more': 'x' }),
    put({}, { ExpressionAttributeValues: ONE }),
    get(KEY, { ExpressionAttributeNames: { '#x': 'x' } }),
    update('SET v = :one', {}),
    update('SET v = :one', { one: { N: '1' } }),
  ],
  'paths that overlap or conflict': [
    update('SET v.a = :one, v[1] = :one', ONE),
    update('SET v[1] = :one, v[1][0] = :one', ONE),
    update('SET v = :one, v = :one', ONE),
    update('SET v = :one REMOVE v', ONE),
    update('SET v.a = :one, v = :one', ONE),
    get(KEY, { ProjectionExpression: 'v, v' }),
    get(KEY, { ProjectionExpression: 'v, v.a' }),
  ],
  'a change of the key': [
    update('SET id = :s', TEXT),
    update('REMOVE #at', undefined, { '#at': 'at' }),
    update('ADD #at :one', ONE, { '#at': 'at' }),
  ],
  'an operand of the wrong type': [
    update('ADD v :s', TEXT),
    update('DELETE v :one', ONE),
    update('SET v = :s + :s', TEXT),
    update('SET v = list_append(:s, :s)', TEXT),
    update('SET v = list_append(list_append(:l, :l), :l)', LIST),
    update('SET v = if_not_exists(:s, :s)', TEXT),
    when('begins_with(v, :one)', ONE),
    when('attribute_type(v, :s)', { ':s': { S: 'X' } }),
    when('attribute_type(v, :one)', ONE),
    when('v < :l', LIST),
    when('v BETWEEN :a AND :b', { ':a': { N: '2' }, ':b': { N: '1' } }),
    when('v BETWEEN :a AND :b', { ':a': { N: '2' }, ':b': { S: '3' } }),
    when('size(:one) = :one', ONE),
    when('attribute_exists(:one)', ONE),
    when('contains(v)'),
    when('v = v'),
    when('((attribute_exists(v)))'),
  ],
  'an update that does not fit the item': [
    update('SET v = missing'),
    update('SET v = missing + :one', ONE),
    update('SET v = id + :one', ONE),
    update('SET missing.inner = :one', ONE),
    update('SET missing[0] = :one', ONE),
    update('SET id2.a.b = :one', ONE),
    update('ADD kept :one', ONE),
    update('SET kept.a = :one', ONE),
    update('REMOVE missing.inner'),
    update('SET v = list_append(kept, :l)', LIST),
  ],
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
};

/** Requests that AWS refuses, each alone in its table beside one item. */
export function wrongRequests(): Operation[] {
  const item = { ...KEY, kept: { S: 'text' } };
  return [
    { name: 'PutItem', about: 'the item beside wrong requests', input: { TableName, Item: item } },
    ...Object.entries(REQUESTS).flatMap(([wrong, requests]) =>
      requests.map(([name, input]): Operation => ({ name, input, wrong })),
    ),
  ];
}
