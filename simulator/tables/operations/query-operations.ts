import { validation } from '../../service-error';
import { Placeholders } from '../expression/placeholders';
import type { Path } from '../expression/path';
import type { Condition, Operand } from '../expression/condition';
import type { Key } from '../key-schema';
import { HASH_SPACE, rangeStart } from '../../partition-hash';
import type { Input } from '../request';
import { checkMembers, optionalFlag, optionalInteger, requiredText } from '../request';
import type { Table } from '../table';
import type { TableDirectory } from '../table-directory';
import { readItem } from '../value';
import { readKeyCondition } from './key-condition';
import type { Operations } from './operations';
import { readPage } from './page';
import { readCondition } from './request-expressions';

const EVERY_READ = [
  'TableName',
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

/** Reads of many items in pages. */
export function queryOperations(directory: TableDirectory): Operations {
  return {
    Query(input) {
      checkMembers('Query', input, QUERY);
      const table = directory.forItems(requiredText(input, 'TableName'));
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
      const page = readPage(table, input, placeholders);
      placeholders.checkAllUsed();
      const wanted = readKeyCondition(table.keys, condition);
      if (page.filter) checkNoKeys(table, page.filter);
      const forward = optionalFlag(input, 'ScanIndexForward') ?? true;
      const start = startKey(table, input);
      if (start && start.hash !== wanted.hash) {
        throw validation(
          'The provided starting key is outside query boundaries based on provided conditions',
        );
      }
      const { compareRange } = table.keys;
      const passed = (range: string): boolean =>
        forward && start !== undefined && compareRange(range, start.range) <= 0;
      const ahead = (range: string): boolean =>
        !forward && start !== undefined && compareRange(range, start.range) >= 0;
      const entries = table.store.ofHash(
        wanted,
        (range) => wanted.below(range) || passed(range),
        (range) => wanted.above(range) || ahead(range),
        forward,
      );
      return page.of(entries);
    },

    Scan(input) {
      checkMembers('Scan', input, SCAN);
      const table = directory.forItems(requiredText(input, 'TableName'));
      const placeholders = new Placeholders(input, ['FilterExpression', 'ProjectionExpression']);
      const page = readPage(table, input, placeholders);
      placeholders.checkAllUsed();
      const { from, to } = segmentOf(input);
      const start = startKey(table, input);
      if (start && (start.position < from || start.position >= to)) {
        throw validation('The provided starting key is invalid: it does not belong to this segment');
      }
      return page.of(table.store.inOrder(from, to, start));
    },
  };
}

function startKey(table: Table, input: Input): Key | undefined {
  const wire = input.ExclusiveStartKey;
  if (wire === undefined || wire === null) return undefined;
  return table.keys.keyOfRequest(readItem(wire), () =>
    validation('The provided starting key is invalid: The provided key element does not match the schema'),
  );
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

/** @throws ServiceError ValidationException when a query filters by what its key condition is for */
function checkNoKeys(table: Table, filter: Condition): void {
  for (const path of pathsOf(filter)) {
    if (table.keys.has(path[0] as string)) {
      throw validation(
        `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${String(path[0])}`,
      );
    }
  }
}

function pathsOf(condition: Condition): Path[] {
  const operands = (...list: readonly Operand[]): Path[] =>
    list.flatMap((operand) => (operand.kind === 'value' ? [] : [operand.path]));
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [...pathsOf(condition.left), ...pathsOf(condition.right)];
    case 'not':
      return pathsOf(condition.of);
    case 'compare':
      return operands(condition.left, condition.right);
    case 'between':
      return operands(condition.operand, condition.low, condition.high);
    case 'in':
      return operands(condition.operand, ...condition.choices);
    case 'begins_with':
    case 'contains':
      return operands(condition.subject, condition.argument);
    case 'attribute_exists':
    case 'attribute_not_exists':
    case 'attribute_type':
      return [condition.path];
  }
}
