import type { Item } from '../../attribute-value';
import { validation } from '../../service-error';
import { Placeholders } from '../expression/placeholders';
import type { Key } from '../key-schema';
import type { Input } from '../request';
import {
  checkMembers,
  constraint,
  missing,
  optionalFlag,
  optionalList,
  optionalStructure,
  requiredStructure,
  structures,
} from '../request';
import type { Table } from '../table';
import type { TableDirectory } from '../table-directory';
import { readItem } from '../value';
import { Capacity } from './capacity';
import type { Operations } from './operations';
import { projected, readProjection } from './request-expressions';
import { readKey, readNewItem } from './write';

const WRITE = new Set(['RequestItems', 'ReturnConsumedCapacity', 'ReturnItemCollectionMetrics']);
const WRITE_REQUEST = new Set(['PutRequest', 'DeleteRequest']);
const GET = new Set(['RequestItems', 'ReturnConsumedCapacity']);
const GET_TABLE = new Set(['Keys', 'ConsistentRead', 'ProjectionExpression', 'ExpressionAttributeNames']);

const MAX_WRITES = 25;
const MAX_GETS = 100;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Operations on many items at once, each on its own. */
export function batchOperations(directory: TableDirectory): Operations {
  return {
    BatchWriteItem(input) {
      checkMembers('BatchWriteItem', input, WRITE);
      const capacity = new Capacity(input);
      const writes = readWrites(directory, input);
      for (const { table, key, item } of writes) {
        const before = table.get(key)?.bytes ?? 0;
        table.commit(key, item, directory.deps.clock.now());
        capacity.write(table, Math.max(before, table.get(key)?.bytes ?? 0));
      }
      return { UnprocessedItems: {}, ...capacity.many() };
    },

    BatchGetItem(input) {
      checkMembers('BatchGetItem', input, GET);
      const capacity = new Capacity(input);
      const requests = readGets(directory, input);
      // A table may be called __proto__.
      const responses = Object.create(null) as Record<string, Item[]>;
      const unprocessed = Object.create(null) as Record<string, object>;
      let bytes = 0;
      for (const { name, table, keys, options, consistent, projection } of requests) {
        const found: Item[] = [];
        let read = 0;
        for (const key of keys) {
          const entry = table.get(key);
          if (bytes + (entry?.bytes ?? 0) > MAX_ANSWER_BYTES) break;
          read++;
          bytes += entry?.bytes ?? 0;
          capacity.read(table, entry?.bytes ?? 0, consistent);
          if (entry) found.push(projected(entry.image, projection));
        }
        responses[name] = found;
        if (read < keys.length) {
          unprocessed[name] = { ...options, Keys: keys.slice(read).map(({ attributes }) => attributes) };
        }
      }
      return { Responses: responses, UnprocessedKeys: unprocessed, ...capacity.many() };
    },
  };
}

interface BatchWrite {
  readonly table: Table;
  readonly key: Key;
  /** None for a delete. */
  readonly item: Item | undefined;
}

function readWrites(directory: TableDirectory, input: Input): BatchWrite[] {
  const writes: BatchWrite[] = [];
  const seen = new Set<string>();
  for (const { name, list } of requestsByTable(input)) {
    const table = directory.forItems(name);
    if (writes.length + list.length > MAX_WRITES) {
      throw validation('Too many items requested for the BatchWriteItem call');
    }
    for (const request of structures(list)) {
      checkMembers('BatchWriteItem', request, WRITE_REQUEST);
      const put = optionalStructure(request, 'PutRequest');
      const remove = optionalStructure(request, 'DeleteRequest');
      if (!put === !remove) {
        throw validation(
          'Supplied WriteRequest must contain exactly one of the supported types: PutRequest, DeleteRequest',
        );
      }
      const write = put
        ? { table, ...readNewItem(table, put) }
        : { table, key: readKey(table, remove as Input), item: undefined };
      checkNew(seen, table, write.key);
      writes.push(write);
    }
  }
  return writes;
}

interface BatchGet {
  readonly name: string;
  readonly table: Table;
  readonly keys: readonly Key[];
  readonly options: Input;
  readonly consistent: boolean;
  readonly projection: ReturnType<typeof readProjection>;
}

function readGets(directory: TableDirectory, input: Input): BatchGet[] {
  const requested = requiredStructure(input, 'RequestItems');
  checkNotEmpty(requested);
  const seen = new Set<string>();
  let count = 0;
  return Object.keys(requested).map((name) => {
    const options = requiredStructure(requested, name);
    checkMembers('BatchGetItem', options, GET_TABLE);
    const table = directory.forItems(name);
    const placeholders = new Placeholders(options, ['ProjectionExpression']);
    const projection = readProjection(options, placeholders);
    placeholders.checkAllUsed();
    const list = optionalList(options, 'Keys');
    if (!list) throw missing(`requestItems.${name}.member.keys`);
    if (list.length === 0) {
      throw constraint(
        `requestItems.${name}.member.keys`,
        '[]',
        'Member must have length greater than or equal to 1',
      );
    }
    count += list.length;
    if (count > MAX_GETS) throw validation('Too many items requested for the BatchGetItem call');
    const keys = list.map((wire) => {
      const key = table.keys.keyOfRequest(readItem(wire));
      checkNew(seen, table, key);
      return key;
    });
    return {
      name,
      table,
      keys,
      options,
      consistent: optionalFlag(options, 'ConsistentRead') ?? false,
      projection,
    };
  });
}

function requestsByTable(input: Input): { name: string; list: readonly unknown[] }[] {
  const requested = requiredStructure(input, 'RequestItems');
  checkNotEmpty(requested);
  return Object.keys(requested).map((name) => {
    const list = optionalList(requested, name);
    if (!list || list.length === 0) {
      throw validation('The batch write request list for a table cannot be null or empty');
    }
    return { name, list };
  });
}

function checkNotEmpty(requested: Input): void {
  if (Object.keys(requested).length > 0) return;
  throw constraint('RequestItems', '{}', 'Member must have length greater than or equal to 1');
}

function checkNew(seen: Set<string>, table: Table, key: Key): void {
  const identity = `${table.name}/${key.id}`;
  if (seen.has(identity)) throw validation('Provided list of item keys contains duplicates');
  seen.add(identity);
}
