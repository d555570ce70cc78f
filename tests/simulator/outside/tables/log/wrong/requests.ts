import type { Wire } from '../../../operation';
import { WRONG_TABLE } from '../tables';
import { WRONG_ITEM_KEY } from '../touched';

export type WrongRequest = readonly [operation: string, input: Wire];

/** Requests that AWS rejects, by rule. */
export type WrongRequests = Readonly<Record<string, readonly WrongRequest[]>>;

export const TableName = WRONG_TABLE.name;
export const KEY = WRONG_ITEM_KEY;

export const put = (item: Wire, more: Wire = {}): WrongRequest => [
  'PutItem',
  { TableName, Item: { ...KEY, ...item }, ...more },
];
export const of = (value: unknown): WrongRequest => put({ v: value });
export const get = (key: Wire, more: Wire = {}): WrongRequest => [
  'GetItem',
  { TableName, Key: key, ...more },
];
export const update = (UpdateExpression: string, values?: Wire, names?: Wire): WrongRequest => [
  'UpdateItem',
  {
    TableName,
    Key: KEY,
    UpdateExpression,
    ...(values ? { ExpressionAttributeValues: values } : {}),
    ...(names ? { ExpressionAttributeNames: names } : {}),
  },
];
export const when = (ConditionExpression: string, values?: Wire, names?: Wire): WrongRequest =>
  put(
    {},
    {
      ConditionExpression,
      ...(values ? { ExpressionAttributeValues: values } : {}),
      ...(names ? { ExpressionAttributeNames: names } : {}),
    },
  );
export const query = (KeyConditionExpression: string, values: Wire, more: Wire = {}): WrongRequest => [
  'Query',
  { TableName, KeyConditionExpression, ExpressionAttributeValues: values, ...more },
];
export const transact = (...TransactItems: Wire[]): WrongRequest => ['TransactWriteItems', { TransactItems }];
export const batchWrite = (...requests: Wire[]): WrongRequest => [
  'BatchWriteItem',
  { RequestItems: { [TableName]: requests } },
];

export const ONE = { ':one': { N: '1' } };
export const TEXT = { ':s': { S: 'a' } };
export const LIST = { ':l': { L: [] } };
export const nested = (levels: number): Wire => (levels === 1 ? { S: '' } : { L: [nested(levels - 1)] });
