import type { KnownDifference } from '../known-difference';
import { valueText } from '../normalise';
import type { TableRecord } from '../outcome';
import { motoChecks } from './moto-checks';
import {
  errorOf,
  hasExpression,
  hasKeysAlone,
  isList,
  makesItemByTakingAway,
  recordsNoChange,
} from './predicates';

const CRASH = 'HTTP 500';

/** Whether the reason of a canceled transaction is the name of a Python exception. */
const isPythonError = (refusal: unknown): boolean =>
  /(Value|Type|Assertion)Error/.test(JSON.stringify(refusal ?? ''));

/** Whether two numbers are closer than any different numbers in the log. */
const isNearly = (ours: unknown, theirs: unknown): boolean =>
  typeof ours === 'string' &&
  typeof theirs === 'string' &&
  Math.abs(Number(theirs) / Number(ours) - 1) < 1e-12;

/** Differences of moto 5.2.5. */
export const motoDifferences: readonly KnownDifference[] = [
  ...motoChecks,
  {
    name: 'numbers are shown as they were spelled',
    right: 'the simulator',
    because: 'Developer guide, "Data types": leading and trailing zeros are trimmed.',
    explains: ({ at, ours, theirs }) =>
      (at.endsWith('.N') || /\.NS\.\d+$/.test(at)) && valueText({ N: ours }) === valueText({ N: theirs }),
  },
  {
    name: 'sums are rounded to 28 digits, and crash if they would have an exponent',
    right: 'the simulator',
    because: 'Developer guide, "Data types": numbers have up to 38 digits of precision.',
    explains: ({ at, ours, theirs }, operation) => {
      if (!hasExpression(operation, / [+-] :|ADD /)) return false;
      return (
        (at.endsWith('.N') && isNearly(ours, theirs)) ||
        (at === 'refusal' && (theirs === undefined || errorOf(theirs) === CRASH || isPythonError(theirs))) ||
        (at === 'refusal.error' && theirs === CRASH)
      );
    },
  },
  {
    name: 'a write that changes nothing creates a stream record',
    right: 'the simulator',
    because:
      'Developer guide, "Change data capture for DynamoDB Streams": a PutItem or UpdateItem that does not change any ' +
      'data in an item writes no stream record.',
    explains: recordsNoChange,
  },
  {
    name: 'an update that creates an item writes two INSERT records, the first with only the key',
    right: 'the simulator',
    because: 'Developer guide, "Change data capture for DynamoDB Streams": each record appears exactly once.',
    explains: ({ at, theirs }, { name }) => {
      if (at !== 'records.extra' || !['UpdateItem', 'TransactWriteItems'].includes(name)) return false;
      const { eventName, NewImage } = theirs as TableRecord;
      return eventName === 'INSERT' && hasKeysAlone(NewImage);
    },
  },
  {
    name: 'binary keys in stream records are base64-encoded twice',
    right: 'the simulator',
    because: 'API reference, StreamRecord: Keys are attribute values like those of the images.',
    explains: ({ at, ours, theirs }) =>
      /^records\.Keys\.(id|at)\.B$/.test(at) && theirs === Buffer.from(String(ours)).toString('base64'),
  },
  {
    name: 'an update that only removes creates an item with its key',
    right: 'the simulator',
    because: 'No item is created (ScyllaDB’s test_item.py and test_returnvalues.py, which pass on AWS).',
    explains: makesItemByTakingAway,
  },
  {
    name: 'REMOVE inside a missing item is rejected',
    right: 'the simulator',
    because:
      'Nothing is removed, and nothing refused (ScyllaDB’s test_update_expression.py, which passes on AWS).',
    explains: ({ at, theirs }, operation) =>
      at === 'refusal' &&
      errorOf(theirs) === 'ValidationException' &&
      hasExpression(operation, /REMOVE [^"]*[.[]/),
  },
  {
    name: 'UpdateItem without an expression crashes',
    right: 'the simulator',
    because: 'API reference, UpdateItem: UpdateExpression is not required.',
    explains: ({ at, theirs }, { name, input }) =>
      at === 'refusal' &&
      errorOf(theirs) === CRASH &&
      name === 'UpdateItem' &&
      input['UpdateExpression'] === undefined,
  },
  {
    name: 'elements set beyond a list’s end are appended in the order of the expression',
    right: 'the simulator',
    because: 'Developer guide, "Update expressions": several elements are sorted by their number.',
    explains: ({ at }, { about }) =>
      at.includes('.l.L.') && about === 'elements beyond a list’s end are appended',
  },
  {
    name: 'an item has at most 405,000 bytes',
    right: 'the simulator',
    because: 'Developer guide, "Service quotas": 400 KB, which are 409,600 bytes, names included.',
    explains: (_, { about }) => about === 'as large as it gets',
  },
  {
    name: 'a transaction’s token is ignored',
    right: 'the simulator',
    because: 'API reference, TransactWriteItems, ClientRequestToken: the call is idempotent.',
    explains: (_, { about }) => about === 'a transaction’s token',
  },
  {
    name: 'UPDATED_OLD and UPDATED_NEW show the key, whole documents, and only what has changed',
    right: 'the simulator',
    because:
      'API reference, UpdateItem, ReturnValues: only the updated attributes (ScyllaDB’s test_returnvalues.py).',
    explains: ({ at }, { input }) =>
      at.startsWith('answer.Attributes') && String(input['ReturnValues']).startsWith('UPDATED_'),
  },
  {
    name: 'a condition on a missing attribute, or one of another type, crashes',
    right: 'the simulator',
    because: 'The condition is false (ScyllaDB’s test_condition_expression.py, which passes on AWS).',
    explains: ({ at, theirs }, operation) =>
      at.startsWith('refusal') &&
      hasExpression(operation, /"(Condition|Filter)Expression":"/) &&
      (at.endsWith('.Item') ||
        [CRASH, 'ValidationException'].includes(String(errorOf(theirs))) ||
        theirs === CRASH ||
        isPythonError(theirs)),
  },
  {
    name: 'booleans are compared with numbers, as 0 and 1',
    right: 'the simulator',
    because:
      'Values of two types are never equal nor in order (ScyllaDB’s test_condition_expression.py, which passes on AWS).',
    explains: ({ at }, operation, { after }) =>
      at.startsWith('refusal') &&
      hasExpression(operation, /"ConditionExpression":"[^"]* (=|<>|<|<=|>|>=|BETWEEN|IN) /) &&
      JSON.stringify(after).includes('"BOOL":') &&
      /":v\d*":\{"N":/.test(JSON.stringify(operation.input)),
  },
  {
    name: 'a rejected update is executed in part',
    right: 'the simulator',
    because: 'Developer guide, "Working with items": an update takes place as a whole or not at all.',
    explains: ({ at }, { name }, { refusal }) =>
      name === 'UpdateItem' && refusal !== undefined && (at.startsWith('after.') || at === 'records.extra'),
  },
  {
    name: 'a missing attribute equals NULL',
    right: 'the simulator',
    because: 'It is equal to nothing (ScyllaDB’s test_condition_expression.py, which passes on AWS).',
    explains: ({ at }, operation) =>
      (at.startsWith('refusal') || at.startsWith('answer.')) &&
      hasExpression(operation, /(<>|=|IN) /) &&
      /":v\d*":\{"NULL":true\}/.test(JSON.stringify(operation.input)),
  },
  {
    name: 'list_append to a missing attribute crashes',
    right: 'the simulator',
    because: 'A ValidationException (ScyllaDB’s test_update_expression.py, which passes on AWS).',
    explains: ({ at, theirs }, operation) =>
      at.startsWith('refusal.') &&
      (theirs === CRASH || isPythonError(theirs)) &&
      hasExpression(operation, /list_append\(/),
  },
  {
    name: 'numbers are added to and deleted from sets by spelling',
    right: 'the simulator',
    because:
      'Developer guide, "Data types": numbers are shown, hence stored, without leading and trailing zeros.',
    explains: ({ at }, operation) =>
      /^(after|answer|records)\..*(NS|marks|numbers)/.test(at) && hasExpression(operation, /(ADD|DELETE) /),
  },
  {
    name: 'a projection of several list elements returns one',
    right: 'the simulator',
    because: 'Developer guide, "Projection expressions": several elements are separated by commas.',
    explains: ({ at }, operation) =>
      at.startsWith('answer.') && hasExpression(operation, /"ProjectionExpression":"[^"]*\[\d+\], [^"]*\[/),
  },
  {
    name: 'SET of a map’s member in another type does nothing',
    right: 'the simulator',
    because:
      'The document path is invalid for update (ScyllaDB’s test_update_expression.py, which passes on AWS).',
    explains: ({ at, theirs }, operation) =>
      at === 'refusal' && theirs === undefined && hasExpression(operation, /SET [^"]*\./),
  },
  {
    name: 'an operand that does not fit the item rejects a transaction instead of canceling it',
    right: 'the simulator',
    because:
      'API reference, TransactWriteItems, cancellation reasons: ValidationError with the expression’s message.',
    explains: ({ at, ours, theirs }, { name, wrong }) =>
      name === 'TransactWriteItems' &&
      wrong === undefined &&
      ((at === 'refusal.error' &&
        ours === 'TransactionCanceledException' &&
        theirs === 'ValidationException') ||
        (at === 'refusal.reasons' && theirs === undefined)),
  },
  {
    name: 'a full last page is marked as the last',
    right: 'both',
    because:
      'API reference, Query: a LastEvaluatedKey does not necessarily mean that there is more. The simulator ends with an ' +
      'empty page as AWS does.',
    explains: ({ at, ours, theirs }) =>
      at === 'answer.scanned' &&
      isList(ours) &&
      isList(theirs) &&
      JSON.stringify(ours) === JSON.stringify([...theirs, 0]),
  },
  {
    name: 'a projection of a missing attribute, or of one with a dot in its name, is rejected or crashes',
    right: 'the simulator',
    because: 'Developer guide, "Projection expressions": missing attributes are omitted.',
    explains: ({ at, theirs }, operation) =>
      at === 'refusal' &&
      ['ValidationException', CRASH].includes(String(errorOf(theirs))) &&
      hasExpression(operation, /"ProjectionExpression":"/),
  },
  {
    name: 'TransactGetItems returns whole items',
    right: 'the simulator',
    because: 'API reference, Get: ProjectionExpression chooses the attributes to retrieve.',
    explains: ({ at }, { name }) => name === 'TransactGetItems' && at.startsWith('answer.Responses.'),
  },
];
