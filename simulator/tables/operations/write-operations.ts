import type { Item } from '../../attribute-value';
import { validation } from '../../service-error';
import { project } from '../expression/path';
import { writtenPaths } from '../expression/update';
import type { Input } from '../request';
import { checkMembers, optionalEnum } from '../request';
import type { TableDirectory } from '../table-directory';
import { Capacity } from './capacity';
import { collectionMetrics, wantsCollectionMetrics } from './collection-metrics';
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
  'ReturnItemCollectionMetrics',
  'ReturnValuesOnConditionCheckFailure',
];
const PUT = new Set([...EVERY_WRITE, 'Item']);
const DELETE = new Set([...EVERY_WRITE, 'Key']);
const UPDATE = new Set([...EVERY_WRITE, 'Key', 'UpdateExpression']);

const RETURN_VALUES = ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'] as const;
type ReturnValues = (typeof RETURN_VALUES)[number];

/** PutItem, UpdateItem and DeleteItem. */
export function writeOperations(directory: TableDirectory): Operations {
  const { clock } = directory.deps;

  function perform(
    { capacity, isMeasuring }: Measures,
    write: Write,
    returned: (outcome: Outcome) => Item | undefined,
  ): object {
    const outcome = outcomeOf(write);
    const { table, key } = write;
    table.commit(key, outcome.next, clock.now());
    capacity.write(table, outcome.bytes, outcome);
    const attributes = returned(outcome);
    return {
      ...(attributes ? { Attributes: attributes } : {}),
      ...capacity.single(),
      ...(isMeasuring && table.hasLocalIndexes
        ? { ItemCollectionMetrics: collectionMetrics(table, key) }
        : {}),
    };
  }

  return {
    PutItem(input) {
      checkMembers('PutItem', input, PUT);
      const measures = readMeasures(input);
      const wanted = oldOrNone(input);
      return perform(measures, readPut(directory, input), ({ old }) =>
        wanted === 'ALL_OLD' ? old : undefined,
      );
    },

    DeleteItem(input) {
      checkMembers('DeleteItem', input, DELETE);
      const measures = readMeasures(input);
      const wanted = oldOrNone(input);
      return perform(measures, readDelete(directory, input), ({ old }) =>
        wanted === 'ALL_OLD' ? old : undefined,
      );
    },

    UpdateItem(input) {
      checkMembers('UpdateItem', input, UPDATE);
      const measures = readMeasures(input);
      const wanted = optionalEnum(input, 'ReturnValues', RETURN_VALUES) ?? 'NONE';
      const write = readItemUpdate(directory, input);
      return perform(measures, write, (outcome) => updateResult(wanted, write, outcome));
    },
  };
}

/** Members of a response besides its attributes. */
interface Measures {
  readonly capacity: Capacity;
  readonly isMeasuring: boolean;
}

function readMeasures(input: Input): Measures {
  return { capacity: new Capacity(input), isMeasuring: wantsCollectionMetrics(input) };
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
