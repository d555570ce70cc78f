import { ServiceError, validation } from '../../service-error';
import { InvalidKey } from '../key-schema';
import type { Input } from '../request';
import {
  checkLength,
  checkMembers,
  constraint,
  missing,
  optionalList,
  optionalStructure,
  optionalText,
  structures,
} from '../request';
import type { TableDirectory } from '../table-directory';
import { Capacity } from './capacity';
import { collectionMetricsOf } from './collection-metrics';
import type { Operations } from './operations';
import type { Outcome, Write } from './write';
import { outcomeOf, readCheck, readDelete, readItemUpdate, readPut } from './write';

const TRANSACT = new Set([
  'TransactItems',
  'ClientRequestToken',
  'ReturnConsumedCapacity',
  'ReturnItemCollectionMetrics',
]);
const EVERY_MEMBER = [
  'TableName',
  'ConditionExpression',
  'ExpressionAttributeNames',
  'ExpressionAttributeValues',
  'ReturnValuesOnConditionCheckFailure',
];
const MEMBERS = {
  Put: { known: new Set([...EVERY_MEMBER, 'Item']), read: readPut },
  Delete: { known: new Set([...EVERY_MEMBER, 'Key']), read: readDelete },
  Update: { known: new Set([...EVERY_MEMBER, 'Key', 'UpdateExpression']), read: readItemUpdate },
  ConditionCheck: { known: new Set([...EVERY_MEMBER, 'Key']), read: readCheck },
} as const;
const KINDS = Object.keys(MEMBERS) as (keyof typeof MEMBERS)[];
const KIND_SET = new Set<string>(KINDS);

const MAX_ITEMS = 100;
const MAX_BYTES = 4 * 1024 * 1024;
const TOKEN_LIFE_MS = 10 * 60_000;

/** TransactWriteItems: executes all of its writes or none. */
export function transactionOperations(directory: TableDirectory): Operations {
  const { clock } = directory.deps;
  const done = new Map<string, { readonly items: string; readonly until: number }>();

  /** Whether the same request was executed before. @throws ServiceError IdempotentParameterMismatchException */
  function isRepeated(token: string | undefined, items: string): boolean {
    for (const [other, { until }] of done) {
      if (until > clock.now()) break;
      done.delete(other);
    }
    const earlier = token === undefined ? undefined : done.get(token);
    if (earlier && earlier.items !== items) {
      throw new ServiceError(
        'IdempotentParameterMismatchException',
        'The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical',
      );
    }
    return earlier !== undefined;
  }

  return {
    TransactWriteItems(input) {
      checkMembers('TransactWriteItems', input, TRANSACT);
      const capacity = new Capacity(input);
      const token = readToken(input);
      const writes = readWrites(directory, input);
      const metrics = collectionMetricsOf(input, writes);
      const items = token === undefined ? '' : JSON.stringify(input.TransactItems);
      if (isRepeated(token, items)) {
        for (const { table, key } of writes) capacity.read(table, table.get(key)?.bytes ?? 0, true, 2);
        return capacity.many();
      }
      const outcomes = decide(writes);
      for (const [i, { table, key }] of writes.entries()) {
        const { old, next, bytes } = outcomes[i] as Outcome;
        table.commit(key, next, clock.now());
        capacity.write(table, bytes, { old, next, times: 2 });
      }
      if (token !== undefined) done.set(token, { items, until: clock.now() + TOKEN_LIFE_MS });
      return { ...capacity.many(), ...metrics };
    },
  };
}

function readToken(input: Input): string | undefined {
  const token = optionalText(input, 'ClientRequestToken');
  if (token !== undefined && (token.length < 1 || token.length > 36)) {
    throw constraint('ClientRequestToken', token, 'Member must have length between 1 and 36');
  }
  return token;
}

function readWrites(directory: TableDirectory, input: Input): Write[] {
  const list = optionalList(input, 'TransactItems');
  if (!list) throw missing('TransactItems');
  checkLength('TransactItems', list, MAX_ITEMS);
  const seen = new Set<string>();
  const writes = structures(list).map((member, i) => {
    checkMembers('TransactWriteItems', member, KIND_SET);
    const [kind, ...more] = KINDS.filter((name) => member[name] !== undefined && member[name] !== null);
    if (!kind || more.length > 0) {
      throw validation('TransactItems can only contain one of Check, Put, Update or Delete');
    }
    const request = optionalStructure(member, kind) as Input;
    checkMembers('TransactWriteItems', request, MEMBERS[kind].known);
    const write = readWrite(kind, directory, request, (message) =>
      canceled(
        list.map((_, j) => (i === j ? { Code: 'ValidationError', Message: message } : { Code: 'None' })),
      ),
    );
    if (kind === 'Update' && !write.update) throw missing('UpdateExpression');
    const identity = `${write.table.name}/${write.key.id}`;
    if (seen.has(identity))
      throw validation('Transaction request cannot include multiple operations on one item');
    seen.add(identity);
    return write;
  });
  const bytes = writes.reduce((sum, { sentBytes }) => sum + sentBytes(), 0);
  if (bytes > MAX_BYTES) throw validation('Transaction payload size cannot exceed 4 MB');
  return writes;
}

/** Reads one write. @param unfit builds the error for a key that does not match the table */
function readWrite(
  kind: keyof typeof MEMBERS,
  directory: TableDirectory,
  request: Input,
  unfit: (message: string) => ServiceError,
): Write {
  try {
    return MEMBERS[kind].read(directory, request);
  } catch (error) {
    throw error instanceof InvalidKey ? unfit(error.message) : error;
  }
}

interface Reason {
  readonly Code: string;
  readonly Message?: string;
}

function canceled(reasons: readonly Reason[]): ServiceError {
  return new ServiceError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`,
    400,
    { CancellationReasons: reasons },
  );
}

/** @throws ServiceError TransactionCanceledException with a reason for each write */
function decide(writes: readonly Write[]): Outcome[] {
  const outcomes: Outcome[] = [];
  const reasons = writes.map((write): Reason => {
    try {
      outcomes.push(outcomeOf(write));
      return { Code: 'None' };
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      const code =
        error.type === 'ConditionalCheckFailedException' ? 'ConditionalCheckFailed' : 'ValidationError';
      return { Code: code, Message: error.message, ...error.members };
    }
  });
  if (outcomes.length < writes.length) throw canceled(reasons);
  return outcomes;
}
