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

/** One write as a request states it, checked as far as that goes without the stored item. */
export interface Write {
  readonly table: Table;
  readonly key: Key;
  readonly condition?: Condition | undefined;
  readonly update?: Update | undefined;
  /** Whether a failed condition shows the stored item. */
  readonly showOnFailure: boolean;
  /** Bytes of the item, or of key and values, that the request holds. */
  readonly sentBytes: () => number;
  /** The item to be, or none. @throws ServiceError ValidationException */
  readonly next: (old: Item | undefined) => Item | undefined;
}

/** What a write does to the stored item, its condition being met. */
export interface Outcome {
  readonly old: Item | undefined;
  readonly next: Item | undefined;
  /** Bytes of the larger image. */
  readonly bytes: number;
}

const EMPTY: Item = Object.freeze(Object.create(null) as Item);

/**
 * Reads an item's Put, of any operation. As in every reader here, the request is checked before its table is looked up.
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

/** The item of a put, within all limits that do not depend on its table. @throws ServiceError */
export function readNewItem(input: Input): Item {
  if (input.Item === undefined || input.Item === null) throw missing('Item');
  const item = readItem(input.Item);
  if (itemSize(item) > MAX_ITEM_BYTES) throw validation('Item size has exceeded the maximum allowed size');
  return item;
}

/** The key of an item that fits its table and the table's indexes. @throws ServiceError */
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

/** Reads a transaction's check, which writes nothing. @throws ServiceError */
export function readCheck(directory: TableDirectory, input: Input): Write {
  const tableName = readTableName(input);
  const keyItem = readKey(input);
  const condition = conditionOf(input);
  if (!condition.condition) throw missing('ConditionExpression');
  const table = directory.forItems(tableName);
  const key = table.keys.keyOfRequest(keyItem);
  return { table, key, ...condition, sentBytes: () => itemSize(keyItem), next: (old) => old };
}

/** Reads an update, which creates the item where there is none. @throws ServiceError */
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
 * What an update makes where there is no item: none if it only takes away, and there is nothing it could take away by a
 * wrong path (ScyllaDB's test_item.py and test_update_expression.py, which pass on AWS).
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
 * What a write would do now. Nothing is stored yet.
 * @throws ServiceError ConditionalCheckFailedException, with Item if asked for; ValidationException of an update
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
