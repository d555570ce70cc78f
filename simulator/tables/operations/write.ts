import type { Item } from '../../attribute-value';
import { ServiceError, validation } from '../../service-error';
import { applyUpdate } from '../expression/apply-update';
import type { Condition } from '../expression/condition';
import { holds } from '../expression/evaluate';
import { Placeholders } from '../expression/placeholders';
import type { Update } from '../expression/update';
import { writtenPaths } from '../expression/update';
import { itemSize, MAX_ITEM_BYTES } from '../item-size';
import type { Entry } from '../item-store';
import type { Key } from '../key-schema';
import type { Input } from '../request';
import { missing, optionalEnum } from '../request';
import type { Table } from '../table';
import type { TableDirectory } from '../table-directory';
import { readTableName } from '../table-name';
import { readItem } from '../value';
import { readCondition, readUpdate } from './request-expressions';

/** One write of a request, validated except for checks that need the stored item. */
export interface Write {
  readonly table: Table;
  readonly key: Key;
  readonly condition?: Condition | undefined;
  readonly update?: Update | undefined;
  /** Whether a failed condition shows the stored item. */
  readonly showOnFailure: boolean;
  /** Size in bytes of the item, or of key and values, in the request. */
  readonly sentBytes: () => number;
  /** The new item; undefined for none. @throws ServiceError ValidationException */
  readonly next: (old: Item | undefined) => Item | undefined;
}

/** The effect of a write on the stored item, if its condition holds. */
export interface Outcome {
  readonly old: Item | undefined;
  readonly next: Item | undefined;
  /** Size of the larger image in bytes. */
  readonly bytes: number;
}

const EMPTY: Item = Object.freeze(Object.create(null) as Item);

/**
 * Reads the put of one item, in any operation. Like all readers here, it validates the request before it looks up the table.
 * @throws ServiceError
 */
export function readPut(directory: TableDirectory, input: Input): Write {
  const tableName = readTableName(input);
  const item = readNewItem(input);
  const condition = conditionOf(input);
  const table = directory.forItems(tableName);
  return {
    table,
    key: keyOfNew(table, item),
    ...condition,
    sentBytes: () => itemSize(item),
    next: () => item,
  };
}

/** The item of a put, within all limits that are independent of its table. @throws ServiceError */
export function readNewItem(input: Input): Item {
  if (input.Item === undefined || input.Item === null) throw missing('Item');
  const item = readItem(input.Item);
  if (itemSize(item) > MAX_ITEM_BYTES) throw validation('Item size has exceeded the maximum allowed size');
  return item;
}

/** The key of an item, if it matches the keys of its table and indexes. @throws ServiceError */
export function keyOfNew(table: Table, item: Item): Key {
  const key = table.keys.keyOfItem(item);
  table.checkIndexKeys(item);
  return key;
}

/** @throws ServiceError */
export function readKey(input: Input): Item {
  if (input.Key === undefined || input.Key === null) throw missing('Key');
  return readItem(input.Key);
}

/** Reads a delete. @throws ServiceError */
export function readDelete(directory: TableDirectory, input: Input): Write {
  const tableName = readTableName(input);
  const keyItem = readKey(input);
  const condition = conditionOf(input);
  const table = directory.forItems(tableName);
  const key = table.keys.keyOfRequest(keyItem);
  return { table, key, ...condition, sentBytes: () => itemSize(keyItem), next: () => undefined };
}

/** Reads a ConditionCheck of a transaction, which writes nothing. @throws ServiceError */
export function readCheck(directory: TableDirectory, input: Input): Write {
  const tableName = readTableName(input);
  const keyItem = readKey(input);
  const condition = conditionOf(input);
  if (!condition.condition) throw missing('ConditionExpression');
  const table = directory.forItems(tableName);
  const key = table.keys.keyOfRequest(keyItem);
  return { table, key, ...condition, sentBytes: () => itemSize(keyItem), next: (old) => old };
}

/** Reads an update, which creates the item if it does not exist. @throws ServiceError */
export function readItemUpdate(directory: TableDirectory, input: Input): Write {
  const tableName = readTableName(input);
  const keyItem = readKey(input);
  const shows = showOnFailure(input);
  const placeholders = new Placeholders(input, ['UpdateExpression', 'ConditionExpression']);
  const update = readUpdate(input, placeholders);
  const condition = readCondition(input, 'ConditionExpression', placeholders);
  placeholders.checkAllUsed();
  const table = directory.forItems(tableName);
  const key = table.keys.keyOfRequest(keyItem);
  for (const [name] of update ? writtenPaths(update) : []) {
    if (table.keys.has(name as string)) {
      throw validation(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      );
    }
  }
  return {
    table,
    key,
    condition,
    update,
    showOnFailure: shows,
    sentBytes: () => itemSize(keyItem) + placeholders.valueBytes(),
    next: (old) => {
      const next = old ? updated(old, update) : created(key.attributes, update);
      if (next && next !== old) table.checkIndexKeys(next);
      return next;
    },
  };
}

/**
 * The item that an update creates if there is none: no item if it only removes, and then even a wrong path is no error
 * (ScyllaDB's test_item.py and test_update_expression.py, which pass on AWS).
 */
function created(key: Item, update: Update | undefined): Item | undefined {
  if (update && update.set.length + update.add.length === 0) return undefined;
  return updated(key, update && { ...update, remove: [] });
}

function updated(item: Item, update: Update | undefined): Item {
  if (!update) return item;
  const next = applyUpdate(item, update);
  if (itemSize(next) > MAX_ITEM_BYTES)
    throw validation('Item size to update has exceeded the maximum allowed size');
  return next;
}

function conditionOf(input: Input): Pick<Write, 'condition' | 'showOnFailure'> {
  const placeholders = new Placeholders(input, ['ConditionExpression']);
  const condition = readCondition(input, 'ConditionExpression', placeholders);
  placeholders.checkAllUsed();
  return { condition, showOnFailure: showOnFailure(input) };
}

function showOnFailure(input: Input): boolean {
  return optionalEnum(input, 'ReturnValuesOnConditionCheckFailure', ['ALL_OLD', 'NONE']) === 'ALL_OLD';
}

/**
 * What a write would do now. Stores nothing.
 * @throws ServiceError ConditionalCheckFailedException, with Item if requested; ValidationException of an update
 */
export function outcomeOf(write: Write): Outcome {
  const entry: Entry | undefined = write.table.get(write.key);
  const old = entry?.image;
  if (write.condition && !holds(write.condition, old ?? EMPTY)) {
    throw new ServiceError(
      'ConditionalCheckFailedException',
      'The conditional request failed',
      400,
      write.showOnFailure && old ? { Item: old } : {},
    );
  }
  const next = write.next(old);
  return { old, next, bytes: Math.max(entry?.bytes ?? 0, next && next !== old ? itemSize(next) : 0) };
}
