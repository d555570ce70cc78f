import type { Item } from '../../attribute-value';
import { validation } from '../../service-error';
import { Placeholders } from '../expression/placeholders';
import type { Key } from '../key-schema';
import type { Input } from '../request';
import {
  checkLength,
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
import { checkTableNameOrArn } from '../table-name';
import { readItem } from '../value';
import { Capacity } from './capacity';
import { collectionMetricsOf } from './collection-metrics';
import type { Operations } from './operations';
import { projected, readProjection } from './request-expressions';
import { keyOfNew, readKey, readNewItem } from './write';

const WRITE = new Set(['RequestItems', 'ReturnConsumedCapacity', 'ReturnItemCollectionMetrics']);
const WRITE_REQUEST = new Set(['PutRequest', 'DeleteRequest']);
const GET = new Set(['RequestItems', 'ReturnConsumedCapacity']);
const GET_TABLE = new Set(['Keys', 'ConsistentRead', 'ProjectionExpression', 'ExpressionAttributeNames']);

const MAX_WRITES = 25;
const BATCH_LENGTH = `[Member must have length less than or equal to ${MAX_WRITES}, Member must have length greater than or equal to 1]`;
const MAX_GETS = 100;
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

/** Batch operations, which process each item independently. */
export function batchOperations(directory: TableDirectory): Operations {
  return {
    BatchWriteItem(input) {
      checkMembers('BatchWriteItem', input, WRITE);
      const capacity = new Capacity(input);
      const writes = readWrites(directory, input);
      const metrics = collectionMetricsOf(input, writes);
      for (const { table, key, item } of writes) {
        const entry = table.get(key);
        const [before, old] = [entry?.bytes ?? 0, entry?.image];
        table.commit(key, item, directory.deps.clock.now());
        capacity.write(table, Math.max(before, table.get(key)?.bytes ?? 0), { old, next: item });
      }
      return { UnprocessedItems: {}, ...capacity.many(), ...metrics };
    },

    BatchGetItem(input) {
      checkMembers('BatchGetItem', input, GET);
      const capacity = new Capacity(input);
      const requests = readGets(directory, input);
      // A table may be named __proto__.
      const responses = Object.create(null) as Record<string, Item[]>;
      const unprocessed = Object.create(null) as Record<string, object>;
      let bytes = 0;
      let read = 0;
      for (const { name, table, keys, options, consistent, projection } of requests) {
        const found: Item[] = [];
        const left: Item[] = [];
        let isFull = false;
        for (const key of keys) {
          const entry = table.get(key);
          isFull ||= bytes + (entry?.bytes ?? 0) > MAX_ANSWER_BYTES;
          if (isFull || (read > 0 && directory.leavesUnprocessed())) {
            left.push(key.attributes);
            continue;
          }
          read++;
          bytes += entry?.bytes ?? 0;
          capacity.read(table, entry?.bytes ?? 0, consistent);
          if (entry) found.push(projected(entry.image, projection));
        }
        responses[name] = found;
        if (left.length > 0) unprocessed[name] = { ...options, Keys: left };
      }
      return { Responses: responses, UnprocessedKeys: unprocessed, ...capacity.many() };
    },
  };
}

interface BatchWrite {
  readonly table: Table;
  readonly key: Key;
  /** Undefined for a delete. */
  readonly item: Item | undefined;
}

function readWrites(directory: TableDirectory, input: Input): BatchWrite[] {
  const requests: { name: string; item: Item | undefined; keyItem: Item }[] = [];
  for (const { name, list } of requestsByTable(input)) {
    if (list.length > MAX_WRITES) {
      throw constraint(
        'RequestItems',
        `${list.length} requests`,
        `Map value must satisfy constraint: ${BATCH_LENGTH}`,
      );
    }
    if (requests.length + list.length > MAX_WRITES) {
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
      const item = put && readNewItem(put);
      requests.push({ name, item, keyItem: item ?? readKey(remove as Input) });
    }
  }
  const seen = new Set<string>();
  return requests.map(({ name, item, keyItem }) => {
    const table = directory.forItems(name);
    const key = item ? keyOfNew(table, item) : table.keys.keyOfRequest(keyItem);
    checkNew(seen, table, key);
    return { table, key, item };
  });
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
  let count = 0;
  const requests = Object.keys(requested).map((name) => {
    checkTableNameOrArn(name);
    const options = requiredStructure(requested, name);
    checkMembers('BatchGetItem', options, GET_TABLE);
    const list = optionalList(options, 'Keys');
    if (!list) throw missing(`requestItems.${name}.member.keys`);
    checkLength(`requestItems.${name}.member.keys`, list, MAX_GETS);
    count += list.length;
    if (count > MAX_GETS) throw validation('Too many items requested for the BatchGetItem call');
    const consistent = optionalFlag(options, 'ConsistentRead') ?? false;
    const placeholders = new Placeholders(options, ['ProjectionExpression']);
    const projection = readProjection(options, placeholders);
    placeholders.checkAllUsed();
    return { name, options, consistent, projection, keyItems: list.map((wire) => readItem(wire)) };
  });
  const seen = new Set<string>();
  return requests.map(({ keyItems, ...request }) => {
    const table = directory.forItems(request.name);
    const keys = keyItems.map((item) => {
      const key = table.keys.keyOfRequest(item);
      checkNew(seen, table, key);
      return key;
    });
    return { ...request, table, keys };
  });
}

function requestsByTable(input: Input): { name: string; list: readonly unknown[] }[] {
  const requested = requiredStructure(input, 'RequestItems');
  checkNotEmpty(requested);
  return Object.keys(requested).map((name) => {
    checkTableNameOrArn(name);
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
