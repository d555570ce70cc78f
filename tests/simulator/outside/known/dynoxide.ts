import type { KnownDifference } from '../known-difference';
import { canonicalText } from '../normalise';
import {
  acceptsWrong,
  errorOf,
  hasExpression,
  isList,
  makesItemByTakingAway,
  recordsNoChange,
  refusesWrongBy,
} from './predicates';

const NULL = canonicalText({ NULL: true });
const withoutNulls = (list: readonly unknown[]): string =>
  canonicalText(list.filter((element) => canonicalText(element) !== NULL));

/** Differences of @dynoxide/linux-x64 1.2.1. */
export const dynoxideDifferences: readonly KnownDifference[] = [
  {
    name: 'a write that changes nothing creates a stream record',
    right: 'the simulator',
    because:
      'Developer guide, "Change data capture for DynamoDB Streams": a PutItem or UpdateItem that does not change any ' +
      'data in an item writes no stream record.',
    explains: recordsNoChange,
  },
  {
    name: 'an update that only removes creates an item with its key',
    right: 'the simulator',
    because: 'No item is created (ScyllaDB’s test_item.py and test_returnvalues.py, which pass on AWS).',
    explains: makesItemByTakingAway,
  },
  {
    name: 'an element set beyond a list’s end is placed at its index, behind nulls',
    right: 'the simulator',
    because:
      'Developer guide, "Update expressions", adding elements to a list: SET appends the new element at the end of the list.',
    explains: ({ ours, theirs }, operation) =>
      hasExpression(operation, /\[\d+\] = /) &&
      isList(ours) &&
      isList(theirs) &&
      withoutNulls(ours) === withoutNulls(theirs),
  },
  {
    name: 'list elements are removed one after the other, each by its index in the shortened list',
    right: 'the simulator',
    because:
      'Developer guide, "Update expressions", removing elements from a list: indexes mean the list as it was ' +
      '(ScyllaDB’s test_update_expression.py, which passes on AWS, shows it).',
    explains: ({ at }, operation) =>
      at.includes('.l.L.') && hasExpression(operation, /REMOVE l\[0\], l\[1\]/),
  },
  {
    name: 'REMOVE of a missing path is executed',
    right: 'the simulator',
    because:
      'The document path is invalid for update, unless the whole item is missing (ScyllaDB’s test_update_expression.py, ' +
      'which passes on AWS).',
    explains: ({ at, theirs }, operation) =>
      ((at === 'refusal' && theirs === undefined) ||
        (at.startsWith('refusal.reasons.') && theirs === 'None')) &&
      hasExpression(operation, /REMOVE [^"]*[.[]/),
  },
  {
    name: 'SET of a map’s member in NULL creates a map',
    right: 'the simulator',
    because:
      'The document path is invalid for update (ScyllaDB’s test_update_expression.py, which passes on AWS).',
    explains: ({ at, theirs }, operation) =>
      ((at === 'refusal' && theirs === undefined) ||
        (at.startsWith('refusal.reasons.') && theirs === 'None')) &&
      hasExpression(operation, /SET [^"]*\./),
  },
  {
    name: 'numbers are added to and deleted from sets by spelling',
    right: 'the simulator',
    because:
      'Developer guide, "Data types": numbers are shown, hence stored, without leading and trailing zeros.',
    explains: ({ at, theirs }, operation) =>
      (/^(after|answer|records)\..*(NS|marks|numbers)/.test(at) && hasExpression(operation, /DELETE /)) ||
      (at === 'refusal' && errorOf(theirs) === 'ValidationException' && hasExpression(operation, /ADD /)),
  },
  {
    name: 'begins_with of a sort key ignores case',
    right: 'the simulator',
    because: 'Developer guide, "Query": keys are compared by their UTF-8 bytes.',
    explains: ({ at }, { name, input }) =>
      name === 'Query' &&
      at.startsWith('answer.') &&
      String(input['KeyConditionExpression']).includes('begins_with('),
  },
  {
    name: 'UPDATED_OLD and UPDATED_NEW show more of a list than what was updated',
    right: 'the simulator',
    because:
      'API reference, UpdateItem, ReturnValues: only the updated attributes (ScyllaDB’s test_returnvalues.py).',
    explains: ({ at }, operation) =>
      at.startsWith('answer.Attributes') &&
      String(operation.input['ReturnValues']).startsWith('UPDATED_') &&
      hasExpression(operation, /\[/),
  },
  {
    name: 'TransactGetItems always returns the key, whatever is projected',
    right: 'the simulator',
    because: 'API reference, Get: ProjectionExpression chooses the attributes to retrieve.',
    explains: ({ at, ours }, { name }) =>
      name === 'TransactGetItems' && ours === undefined && /^answer\.Responses\.\d+\.Item\.(id|at)$/.test(at),
  },
  {
    name: 'ALL_OLD of a missing item returns its key',
    right: 'the simulator',
    because:
      'API reference, UpdateItem, ReturnValues: ALL_OLD returns the item as it was before, and there was none.',
    explains: ({ at, ours }, { name, input }) =>
      at === 'answer.Attributes' &&
      ours === undefined &&
      name === 'UpdateItem' &&
      input['ReturnValues'] === 'ALL_OLD',
  },
  {
    name: 'a paged query of a table without sort key never ends',
    right: 'the simulator',
    because:
      'API reference, Query: a page that starts after the last item is empty and has no LastEvaluatedKey.',
    explains: ({ at, theirs }, { name, input }) =>
      name === 'Query' &&
      input['Limit'] === 1 &&
      (at === 'answer.Items' ||
        at === 'answer.Count' ||
        (at === 'answer.scanned' && isList(theirs) && theirs.length > 50)),
  },
  {
    name: 'TransactGetItems of an item without any of the projected attributes returns no Item',
    right: 'nobody knows',
    because:
      'API reference, TransactGetItems, says "an empty Map", which may be the Item or the response around it. GetItem ' +
      'answers an empty Item.',
    explains: ({ at, ours, theirs }, { name }) =>
      name === 'TransactGetItems' &&
      at.endsWith('.Item') &&
      theirs === undefined &&
      JSON.stringify(ours) === JSON.stringify({}),
  },
  {
    name: 'a query accepts a key of the wrong type, or an empty one',
    right: 'the simulator',
    because:
      'API reference, Query: the condition has to fit the key schema, and keys are not empty ("Data types").',
    explains: acceptsWrong('a key of the wrong type', 'an empty key'),
  },
  {
    name: 'attribute names may be empty',
    right: 'the simulator',
    because: 'Developer guide, "Constraints in Amazon DynamoDB": a name has at least one character.',
    explains: acceptsWrong('an attribute name that is empty'),
  },
  {
    name: 'operands of conditions are checked only when the condition is evaluated',
    right: 'the simulator',
    because:
      'Developer guide, "Condition expressions": a wrong operand is an error of the expression (ScyllaDB’s ' +
      'test_condition_expression.py, which passes on AWS).',
    explains: refusesWrongBy('ConditionalCheckFailedException', 'an operand of the wrong type'),
  },
  {
    name: 'begins_with on a number, and a start outside the query, are accepted',
    right: 'the simulator',
    because:
      'API reference, Query: begins_with is for strings and binaries; a start key lies within the query.',
    explains: acceptsWrong('a key condition that is none', 'a page that cannot be'),
  },
  {
    name: 'a negative Limit is reported as unparsable',
    right: 'the simulator',
    because: 'API reference, Scan: Limit is an integer of at least 1, so -1 can be parsed and is not valid.',
    explains: refusesWrongBy('SerializationException', 'a page that cannot be'),
  },
  {
    name: 'list_append is accepted inside list_append',
    right: 'the simulator',
    because: 'The function is not allowed there (ScyllaDB’s test_update_expression.py, which passes on AWS).',
    explains: ({ at, theirs }, operation) =>
      at === 'refusal' && theirs === undefined && hasExpression(operation, /list_append\(list_append/),
  },
  {
    name: 'a malformed expression cancels a transaction instead of rejecting it',
    right: 'the simulator',
    because:
      'It is a ValidationException of the whole request (ScyllaDB’s test_transact.py, which passes on AWS).',
    explains: ({ at }, { wrong }) =>
      at.startsWith('refusal.') && wrong === 'a transaction with an expression that cannot be read',
  },
  {
    name: 'every reason of a canceled transaction is returned, although a key does not match',
    right: 'the simulator',
    because:
      'The first key that does not fit is the only reason (ScyllaDB’s test_transact.py, which passes on AWS).',
    explains: ({ at, ours }, { wrong }) =>
      at.startsWith('refusal.reasons.') &&
      ours === 'None' &&
      wrong === 'a transaction with a key that does not fit',
  },
  {
    name: 'a transaction’s member may have two actions',
    right: 'the simulator',
    because: 'API reference, TransactWriteItem: one of ConditionCheck, Put, Update and Delete.',
    explains: acceptsWrong('a transaction that is empty, too long, or has a key twice'),
  },
];
