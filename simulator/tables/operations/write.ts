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
import { missing, optionalEnum, requiredText } from '../request';
import type { Table } from '../table';
import type { TableDirectory } from '../table-directory';
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

/** Reads an item's Put, of any operation. @throws ServiceError */
export function readPut(directory: TableDirectory, input: Input): Write {
  const table = directory.forItems(requiredText(input, 'TableName'));
  const condition = conditionOf(input);
  const { item, key } = readNewItem(table, input);
  return { table, key, ...condition, next: () => item };
}

/** The item a put holds, within all limits. @throws ServiceError */
export function readNewItem(table: Table, input: Input): { item: Item; key: Key } {
  if (input.Item === undefined || input.Item === null) throw missing('Item');
  const item = readItem(input.Item);
  const key = table.keys.keyOfItem(item);
  if (itemSize(item) > MAX_ITEM_BYTES) throw validation('Item size has exceeded the maximum allowed size');
  return { item, key };
}

/** @throws ServiceError */
export function readKey(table: Table, input: Input): Key {
  if (input.Key === undefined || input.Key === null) throw missing('Key');
  return table.keys.keyOfRequest(readItem(input.Key));
}

/** Reads a delete. @throws ServiceError */
export function readDelete(directory: TableDirectory, input: Input): Write {
  const table = directory.forItems(requiredText(input, 'TableName'));
  const condition = conditionOf(input);
  return { table, key: readKey(table, input), ...condition, next: () => undefined };
}

/** Reads a transaction's check, which writes nothing. @throws ServiceError */
export function readCheck(directory: TableDirectory, input: Input): Write {
  const table = directory.forItems(requiredText(input, 'TableName'));
  const condition = conditionOf(input);
  if (!condition.condition) throw missing('ConditionExpression');
  return { table, key: readKey(table, input), ...condition, next: (old) => old };
}

/** Reads an update, which creates the item where there is none. @throws ServiceError */
export function readItemUpdate(directory: TableDirectory, input: Input): Write {
  const table = directory.forItems(requiredText(input, 'TableName'));
  const placeholders = new Placeholders(input, ['UpdateExpression', 'ConditionExpression']);
  const update = readUpdate(input, placeholders);
  const condition = readCondition(input, 'ConditionExpression', placeholders);
  placeholders.checkAllUsed();
  const key = readKey(table, input);
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
    showOnFailure: showOnFailure(input),
    next: (old) => (old ? updated(old, update) : created(key.attributes, update)),
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
