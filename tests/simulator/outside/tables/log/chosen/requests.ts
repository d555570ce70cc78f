import type { Operation, Wire } from '../../../operation';
import { CHOSEN_TABLE } from '../tables';

export const put = (about: string, item: Wire, table = CHOSEN_TABLE.name): Operation => ({
  name: 'PutItem',
  about,
  input: { TableName: table, Item: item },
});

/** The input of an update of the item with this id. */
export const updateOf = (id: string, expression: string, values?: Wire): Wire => ({
  TableName: CHOSEN_TABLE.name,
  Key: { id: { S: id } },
  UpdateExpression: expression,
  ...(values ? { ExpressionAttributeValues: values } : {}),
});

export const update = (
  about: string,
  id: string,
  expression: string,
  values?: Wire,
  returned = 'ALL_NEW',
): Operation => ({
  name: 'UpdateItem',
  about,
  input: { ...updateOf(id, expression, values), ReturnValues: returned },
});

export const get = (about: string, id: string, more: Wire = {}): Operation => ({
  name: 'GetItem',
  about,
  input: { TableName: CHOSEN_TABLE.name, Key: { id: { S: id } }, ...more },
});

export const transaction = (about: string, ...members: readonly Wire[]): Operation => ({
  name: 'TransactWriteItems',
  about,
  input: { TransactItems: members },
});
