import { validation } from '../../service-error';
import { Placeholders } from '../expression/placeholders';
import type { Input } from '../request';
import {
  checkMembers,
  missing,
  optionalFlag,
  optionalList,
  requiredStructure,
  requiredText,
  structures,
} from '../request';
import type { TableDirectory } from '../table-directory';
import { Capacity } from './capacity';
import type { Operations } from './operations';
import { projected, readProjection } from './request-expressions';
import { readKey } from './write';

const GET = ['TableName', 'Key', 'ProjectionExpression', 'ExpressionAttributeNames'];
const GET_ITEM = new Set([...GET, 'ConsistentRead', 'ReturnConsumedCapacity']);
const TRANSACT_GET = new Set(['TransactItems', 'ReturnConsumedCapacity']);
const TRANSACT_MEMBER = new Set(['Get']);
const TRANSACT_MEMBER_GET = new Set(GET);
const MAX_GETS = 100;

/** Reads of items by key. Every read is strongly consistent. */
export function readOperations(directory: TableDirectory): Operations {
  function get(input: Input, capacity: Capacity, consistent: boolean, times = 1): { Item?: object } {
    const table = directory.forItems(requiredText(input, 'TableName'));
    const placeholders = new Placeholders(input, ['ProjectionExpression']);
    const projection = readProjection(input, placeholders);
    placeholders.checkAllUsed();
    const entry = table.get(readKey(table, input));
    capacity.read(table, entry?.bytes ?? 0, consistent, times);
    return entry ? { Item: projected(entry.image, projection) } : {};
  }

  return {
    GetItem(input) {
      checkMembers('GetItem', input, GET_ITEM);
      const capacity = new Capacity(input);
      const answer = get(input, capacity, optionalFlag(input, 'ConsistentRead') ?? false);
      return { ...answer, ...capacity.single() };
    },

    TransactGetItems(input) {
      checkMembers('TransactGetItems', input, TRANSACT_GET);
      const capacity = new Capacity(input);
      const list = optionalList(input, 'TransactItems');
      if (!list) throw missing('TransactItems');
      if (list.length === 0 || list.length > MAX_GETS) {
        throw validation(`A transaction has 1 to ${MAX_GETS} items; this one has ${list.length}`);
      }
      const responses = structures(list).map((member) => {
        checkMembers('TransactGetItems', member, TRANSACT_MEMBER);
        const request = requiredStructure(member, 'Get');
        checkMembers('TransactGetItems', request, TRANSACT_MEMBER_GET);
        return get(request, capacity, true, 2);
      });
      return { Responses: responses, ...capacity.many() };
    },
  };
}
