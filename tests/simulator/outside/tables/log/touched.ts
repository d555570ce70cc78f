import type { Operation, Wire } from '../../operation';
import { WRONG_TABLE, keyOf, tableNamed } from './tables';

/** An item, by its table and key, in the request's spelling. */
export interface ItemAddress {
  readonly table: string;
  readonly key: Wire;
}

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'];

export const isWrite = (operation: Operation): boolean => WRITES.includes(operation.name);

const ofItem = (table: string, item: unknown): ItemAddress => ({
  table,
  key: keyOf(tableNamed(table), item as Wire),
});

function ofRequest(request: Wire): ItemAddress[] {
  const table = String(request['TableName']);
  return [ofItem(table, request['Item'] ?? request['Key'])];
}

/** The only item in the table of wrong requests. */
export const WRONG_ITEM_KEY = { id: { S: 'a' }, at: { N: '1' } } as const;

/** The items that an operation may change. */
export function touched({ name, input, wrong }: Operation): ItemAddress[] {
  if (wrong !== undefined) return [{ table: WRONG_TABLE.name, key: WRONG_ITEM_KEY }];
  switch (name) {
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return ofRequest(input);
    case 'BatchWriteItem':
      return Object.entries(input['RequestItems'] as Record<string, Wire[]>).flatMap(([table, requests]) =>
        requests.map(({ PutRequest, DeleteRequest }) =>
          ofItem(table, (PutRequest as Wire | undefined)?.['Item'] ?? (DeleteRequest as Wire)['Key']),
        ),
      );
    case 'TransactWriteItems':
      return (input['TransactItems'] as Wire[]).flatMap((member) =>
        Object.values(member).flatMap((request) => ofRequest(request as Wire)),
      );
    default:
      return [];
  }
}
