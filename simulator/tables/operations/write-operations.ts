import type { Item } from '../../attribute-value';
import { validation } from '../../service-error';
import { project } from '../expression/path';
import { writtenPaths } from '../expression/update';
import type { Input } from '../request';
import { checkMembers, optionalEnum } from '../request';
import type { TableDirectory } from '../table-directory';
import { Capacity } from './capacity';
import type { Operations } from './operations';
import type { Outcome, Write } from './write';
import { outcomeOf, readDelete, readItemUpdate, readPut } from './write';

const EVERY_WRITE = [
  'TableName',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValues',
  'ReturnConsumedCapacity',
  // There are no local secondary indexes, so never any metrics to return.
  'ReturnItemCollectionMetrics',
  'ReturnValuesOnConditionCheckFailure',
];
const PUT = new Set([...EVERY_WRITE, 'Item']);
const DELETE = new Set([...EVERY_WRITE, 'Key']);
const UPDATE = new Set([...EVERY_WRITE, 'Key', 'UpdateExpression']);

const RETURN_VALUES = ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'] as const;
type ReturnValues = (typeof RETURN_VALUES)[number];

/** Writes of one item. */
export function writeOperations(directory: TableDirectory): Operations {
  const { clock } = directory.deps;

  function perform(write: Write, input: Input, returned: (outcome: Outcome) => Item | undefined): object {
    const capacity = new Capacity(input);
    const outcome = outcomeOf(write);
    write.table.commit(write.key, outcome.next, clock.now());
    capacity.write(write.table, outcome.bytes);
    const attributes = returned(outcome);
    return { ...(attributes ? { Attributes: attributes } : {}), ...capacity.single() };
  }

  return {
    PutItem(input) {
      checkMembers('PutItem', input, PUT);
      const wanted = oldOrNone(input);
      return perform(readPut(directory, input), input, ({ old }) => (wanted === 'ALL_OLD' ? old : undefined));
    },

    DeleteItem(input) {
      checkMembers('DeleteItem', input, DELETE);
      const wanted = oldOrNone(input);
      return perform(readDelete(directory, input), input, ({ old }) =>
        wanted === 'ALL_OLD' ? old : undefined,
      );
    },

    UpdateItem(input) {
      checkMembers('UpdateItem', input, UPDATE);
      const wanted = optionalEnum(input, 'ReturnValues', RETURN_VALUES) ?? 'NONE';
      const write = readItemUpdate(directory, input);
      return perform(write, input, (outcome) => updateResult(wanted, write, outcome));
    },
  };
}

function oldOrNone(input: Input): ReturnValues | undefined {
  const wanted = optionalEnum(input, 'ReturnValues', RETURN_VALUES);
  if (wanted === undefined || wanted === 'NONE' || wanted === 'ALL_OLD') return wanted;
  throw validation('ReturnValues can only be ALL_OLD or NONE');
}

function updateResult(wanted: ReturnValues, write: Write, { old, next }: Outcome): Item | undefined {
  switch (wanted) {
    case 'NONE':
      return undefined;
    case 'ALL_OLD':
      return old;
    case 'ALL_NEW':
      return next;
    case 'UPDATED_OLD':
    case 'UPDATED_NEW': {
      const image = wanted === 'UPDATED_OLD' ? old : next;
      if (!image || !write.update) return undefined;
      const parts = project(image, writtenPaths(write.update));
      return Object.keys(parts).length > 0 ? parts : undefined;
    }
  }
}
