import { NO_NUMBERS } from '../values';
import { KEY, ONE, TEXT, TableName, get, nested, of, put, query, update } from './requests';
import type { WrongRequest, WrongRequests } from './requests';

/** Keys and values (developer guide, "Data types" and "Constraints in Amazon DynamoDB"). */
export const wrongValues: WrongRequests = {
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
      texts.flatMap((N): WrongRequest[] => [
        of({ N }),
        put({ set: { NS: [N] } }),
        ['PutItem', { TableName, Item: { ...KEY, at: { N } } }],
      ]),
    ]),
  ),
  'a sum over what a number holds': [
    update('SET v = :a + :b', { ':a': { N: '9E125' }, ':b': { N: '9E125' } }),
    update('SET v = :a + :b', { ':a': { N: '1E125' }, ':b': { N: '1' } }),
  ],
};
