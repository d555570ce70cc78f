import type { Wire } from '../../operation';

export type KeyType = 'S' | 'N' | 'B';

interface KeyAttribute {
  readonly name: string;
  readonly type: KeyType;
}

/** A table of the log. */
export interface LogTable {
  readonly name: string;
  readonly hash: KeyAttribute;
  readonly range?: KeyAttribute;
}

/** Every key type: as the only key, as partition key of many items, and as sort key. */
export const TABLES = [
  { name: 'text', hash: { name: 'id', type: 'S' } },
  { name: 'number', hash: { name: 'id', type: 'N' } },
  { name: 'binary', hash: { name: 'id', type: 'B' } },
  { name: 'text-number', hash: { name: 'id', type: 'S' }, range: { name: 'at', type: 'N' } },
  { name: 'number-binary', hash: { name: 'id', type: 'N' }, range: { name: 'at', type: 'B' } },
  { name: 'binary-text', hash: { name: 'id', type: 'B' }, range: { name: 'at', type: 'S' } },
] as const satisfies readonly LogTable[];

/** For chosen operations, so that the other tables stay small enough to be read item by item. */
export const CHOSEN_TABLE: LogTable = { name: 'chosen', hash: { name: 'id', type: 'S' } };

/** For wrong requests: if an emulator accepts one, it does no harm there. */
export const WRONG_TABLE: LogTable = {
  name: 'wrong',
  hash: { name: 'id', type: 'S' },
  range: { name: 'at', type: 'N' },
};

export const ALL_TABLES: readonly LogTable[] = [...TABLES, CHOSEN_TABLE, WRONG_TABLE];

export function tableNamed(name: string): LogTable {
  const table = ALL_TABLES.find((each) => each.name === name);
  if (!table) throw new RangeError(`Unknown table: ${name}.`);
  return table;
}

const keyAttributes = ({ hash, range }: LogTable): KeyAttribute[] => (range ? [hash, range] : [hash]);

export const keyNames = (table: LogTable): string[] => keyAttributes(table).map(({ name }) => name);

/** The key attributes of an item. */
export const keyOf = (table: LogTable, item: Wire): Wire =>
  Object.fromEntries(keyNames(table).map((name) => [name, item[name]]));

/** Input of CreateTable. */
export const definition = (table: LogTable): Wire => ({
  TableName: table.name,
  KeySchema: keyAttributes(table).map(({ name }, i) => ({
    AttributeName: name,
    KeyType: i === 0 ? 'HASH' : 'RANGE',
  })),
  AttributeDefinitions: keyAttributes(table).map(({ name, type }) => ({
    AttributeName: name,
    AttributeType: type,
  })),
  BillingMode: 'PAY_PER_REQUEST',
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
});
