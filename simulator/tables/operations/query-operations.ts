import type { Item } from '../../attribute-value';
import { validation } from '../../service-error';
import { Placeholders } from '../expression/placeholders';
import type { Condition } from '../expression/condition';
import { pathsOf } from '../expression/condition-paths';
import type { ItemStore } from '../item-store';
import type { Key, KeySchema } from '../key-schema';
import { HASH_SPACE, rangeStart } from '../../partition-hash';
import type { Input } from '../request';
import { checkMembers, optionalFlag, optionalInteger, optionalText } from '../request';
import type { SecondaryIndex } from '../secondary-index';
import type { Table } from '../table';
import type { TableDirectory } from '../table-directory';
import { readTableName } from '../table-name';
import { readItem } from '../value';
import { readKeyCondition } from './key-condition';
import type { Operations } from './operations';
import { checkIndexPage, pageOf, readPage } from './page';
import type { Page } from './page';
import { readCondition } from './request-expressions';

const EVERY_READ = [
  'TableName',
  'IndexName',
  'ConsistentRead',
  'ExclusiveStartKey',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'FilterExpression',
  'Limit',
  'ProjectionExpression',
  'ReturnConsumedCapacity',
  'Select',
];
const QUERY = new Set([...EVERY_READ, 'KeyConditionExpression', 'ScanIndexForward']);
const SCAN = new Set([...EVERY_READ, 'Segment', 'TotalSegments']);
const MAX_SEGMENTS = 1_000_000;

/** The table or index that a Query or Scan reads. */
interface Source {
  readonly table: Table;
  readonly index: SecondaryIndex | undefined;
  readonly keys: KeySchema;
  readonly store: ItemStore;
}

/** Query and Scan. */
export function queryOperations(directory: TableDirectory): Operations {
  /** @throws ServiceError ResourceNotFoundException, ValidationException if the index cannot serve the page */
  function source(tableName: string, indexName: string | undefined, page: Page): Source {
    const table = directory.forItems(tableName);
    if (indexName === undefined) return { table, index: undefined, keys: table.keys, store: table.store };
    const index = table.index(indexName);
    checkIndexPage(page, index);
    return { table, index, keys: index.keys, store: index.store };
  }

  return {
    Query(input) {
      checkMembers('Query', input, QUERY);
      const tableName = readTableName(input);
      const indexName = optionalText(input, 'IndexName');
      const forward = optionalFlag(input, 'ScanIndexForward') ?? true;
      const placeholders = new Placeholders(input, [
        'KeyConditionExpression',
        'FilterExpression',
        'ProjectionExpression',
      ]);
      const condition = readCondition(input, 'KeyConditionExpression', placeholders);
      if (!condition) {
        throw validation(
          'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
        );
      }
      const page = readPage(input, placeholders, indexName);
      placeholders.checkAllUsed();
      const startItem = readStart(input);
      const { table, index, keys, store } = source(tableName, indexName, page);
      const wanted = readKeyCondition(keys, condition);
      if (page.filter) checkNoKeys(keys, page.filter);
      const start = startKey(table, index, startItem);
      if (start && (start.hash !== wanted.hash || wanted.below(start.range) || wanted.above(start.range))) {
        throw validation(
          'The provided starting key is outside query boundaries based on provided conditions',
        );
      }
      return pageOf(page, table, index, store.ofHash(wanted, wanted.below, wanted.above, forward, start));
    },

    Scan(input) {
      checkMembers('Scan', input, SCAN);
      const tableName = readTableName(input);
      const indexName = optionalText(input, 'IndexName');
      const { from, to } = segmentOf(input);
      const placeholders = new Placeholders(input, ['FilterExpression', 'ProjectionExpression']);
      const page = readPage(input, placeholders, indexName);
      placeholders.checkAllUsed();
      const startItem = readStart(input);
      const { table, index, store } = source(tableName, indexName, page);
      const start = startKey(table, index, startItem);
      if (start && (start.position < from || start.position >= to)) {
        throw validation('Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment.');
      }
      return pageOf(page, table, index, store.inOrder(from, to, start));
    },
  };
}

function readStart(input: Input): Item | undefined {
  const wire = input.ExclusiveStartKey;
  return wire === undefined || wire === null ? undefined : readItem(wire);
}

function startKey(table: Table, index: SecondaryIndex | undefined, item: Item | undefined): Key | undefined {
  if (!item) return undefined;
  const mismatch = (): Error =>
    validation('The provided starting key is invalid: The provided key element does not match the schema');
  return (index ?? table.keys).keyOfRequest(item, mismatch);
}

function segmentOf(input: Input): { from: number; to: number } {
  const total = optionalInteger(input, 'TotalSegments', 1, MAX_SEGMENTS);
  const segment = optionalInteger(input, 'Segment', 0, MAX_SEGMENTS - 1);
  if (total === undefined && segment === undefined) return { from: 0, to: HASH_SPACE };
  if (total === undefined) {
    throw validation(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  }
  if (segment === undefined) {
    throw validation(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  }
  if (segment >= total) {
    throw validation(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
  return { from: rangeStart(segment, total), to: rangeStart(segment + 1, total) };
}

/** @throws ServiceError ValidationException if a query's filter uses key attributes, which belong in its key condition */
function checkNoKeys(keys: KeySchema, filter: Condition): void {
  for (const path of pathsOf(filter)) {
    if (keys.has(path[0] as string)) {
      throw validation(
        `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${String(path[0])}`,
      );
    }
  }
}
