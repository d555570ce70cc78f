import type { Item } from '../../attribute-value';
import type { Path } from '../expression/path';
import { Placeholders } from '../expression/placeholders';
import type { Input } from '../request';
import {
  checkLength,
  checkMembers,
  missing,
  optionalFlag,
  optionalList,
  requiredStructure,
  structures,
} from '../request';
import type { TableDirectory } from '../table-directory';
import { readTableName } from '../table-name';
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

/** A read of one item, validated except for checks that need its table. */
interface Get {
  readonly tableName: string;
  readonly keyItem: Item;
  readonly projection: readonly Path[] | undefined;
}

function readGet(input: Input): Get {
  const tableName = readTableName(input);
  const keyItem = readKey(input);
  const placeholders = new Placeholders(input, ['ProjectionExpression']);
  const projection = readProjection(input, placeholders);
  placeholders.checkAllUsed();
  return { tableName, keyItem, projection };
}

/** GetItem and TransactGetItems. Every read is strongly consistent. */
export function readOperations(directory: TableDirectory): Operations {
  function get(
    { tableName, keyItem, projection }: Get,
    capacity: Capacity,
    consistent: boolean,
    times = 1,
  ): { Item?: object } {
    const table = directory.forItems(tableName);
    const entry = table.get(table.keys.keyOfRequest(keyItem));
    capacity.read(table, entry?.bytes ?? 0, consistent, times);
    return entry ? { Item: projected(entry.image, projection) } : {};
  }

  return {
    GetItem(input) {
      checkMembers('GetItem', input, GET_ITEM);
      const capacity = new Capacity(input);
      const consistent = optionalFlag(input, 'ConsistentRead') ?? false;
      const answer = get(readGet(input), capacity, consistent);
      return { ...answer, ...capacity.single() };
    },

    TransactGetItems(input) {
      checkMembers('TransactGetItems', input, TRANSACT_GET);
      const capacity = new Capacity(input);
      const list = optionalList(input, 'TransactItems');
      if (!list) throw missing('TransactItems');
      checkLength('TransactItems', list, MAX_GETS);
      const requests = structures(list).map((member) => {
        checkMembers('TransactGetItems', member, TRANSACT_MEMBER);
        const request = requiredStructure(member, 'Get');
        checkMembers('TransactGetItems', request, TRANSACT_MEMBER_GET);
        return readGet(request);
      });
      const responses = requests.map((request) => get(request, capacity, true, 2));
      return { Responses: responses, ...capacity.many() };
    },
  };
}
