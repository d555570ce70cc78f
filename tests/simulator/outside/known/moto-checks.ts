import type { KnownDifference } from '../known-difference';
import { acceptsWrong, hasExpression, refusesWrongBy } from './predicates';

/** Requests that moto 5.2.5 checks less than AWS, or differently. */
export const motoChecks: readonly KnownDifference[] = [
  {
    name: 'it crashes at unexpected input',
    right: 'the simulator',
    because: 'API reference, "Common errors" and each operation’s own: every error has a name.',
    explains: ({ at, theirs }, { wrong }) =>
      at === 'refusal.error' && theirs === 'HTTP 500' && wrong !== undefined,
  },
  {
    name: 'numbers are not checked, except for letters and signs outside of sets',
    right: 'the simulator',
    because:
      'Developer guide, "Data types": 38 digits, from 1E-130 to 9.99…E125 (ScyllaDB’s test_number.py).',
    explains: acceptsWrong(
      'a number over 9.99…E125',
      'a number under 1E-130',
      'more than 38 digits',
      'no number',
    ),
  },
  {
    name: 'values of the wrong JSON type, of two types, and too deeply nested ones are stored',
    right: 'the simulator',
    because: 'API reference, AttributeValue; developer guide, "Service quotas": 32 levels.',
    explains: acceptsWrong(
      'a value of the wrong JSON type',
      'a value of no type, two types or an unknown one',
      'too many levels',
    ),
  },
  {
    name: 'sets may have duplicate members, and a binary set may be empty',
    right: 'the simulator',
    because: 'Developer guide, "Data types": sets are not empty, and each value in a set is unique.',
    explains: acceptsWrong('a set with a member twice', 'an empty set'),
  },
  {
    name: 'attribute names may be empty',
    right: 'the simulator',
    because: 'Developer guide, "Constraints in Amazon DynamoDB": a name has at least one character.',
    explains: acceptsWrong('an attribute name that is empty'),
  },
  {
    name: 'reads and queries do not check type and length of keys',
    right: 'the simulator',
    because: 'API reference, GetItem and Query: the key must match the key schema.',
    explains: acceptsWrong('a key of the wrong type', 'a key that is too long'),
  },
  {
    name: 'an empty condition, one of two values or of three summands, and unused values are accepted',
    right: 'the simulator',
    because:
      'Developer guide, "Expressions" (ScyllaDB’s test_condition_expression.py and test_update_expression.py).',
    explains: acceptsWrong(
      'an expression that cannot be read',
      'a placeholder without meaning, or a meaning without placeholder',
      'paths that overlap or conflict',
    ),
  },
  {
    name: 'list_append is accepted inside list_append',
    right: 'the simulator',
    because: 'The function is not allowed there (ScyllaDB’s test_update_expression.py, which passes on AWS).',
    explains: ({ at, theirs }, operation) =>
      at === 'refusal' && theirs === undefined && hasExpression(operation, /list_append\(list_append/),
  },
  {
    name: 'operands of conditions are checked only when the condition is evaluated',
    right: 'the simulator',
    because:
      'Developer guide, "Condition expressions": a wrong operand is an error of the expression (ScyllaDB’s ' +
      'test_condition_expression.py, which passes on AWS).',
    explains: (difference, operation) =>
      hasExpression(operation, /"ConditionExpression"/) &&
      (refusesWrongBy('ConditionalCheckFailedException', 'an operand of the wrong type')(
        difference,
        operation,
      ) ||
        acceptsWrong('an operand of the wrong type')(difference, operation)),
  },
  {
    name: 'key conditions and filters are not distinguished, and a key may be compared twice',
    right: 'the simulator',
    because: 'API reference, Query: one condition per key attribute, and none in the filter.',
    explains: acceptsWrong('a key condition that is none', 'a filter on the key'),
  },
  {
    name: 'any Limit and any start are accepted',
    right: 'the simulator',
    because: 'API reference, Query and Scan: Limit is at least 1; a start key is within the query.',
    explains: acceptsWrong('a page that cannot be'),
  },
  {
    name: 'batches and transactions may be empty, too long, and have a key twice',
    right: 'the simulator',
    because: 'API reference, BatchWriteItem, BatchGetItem and TransactWriteItems.',
    explains: acceptsWrong(
      'a batch that is empty, too long, or has a key twice',
      'a transaction that is empty, too long, or has a key twice',
    ),
  },
  {
    name: 'a key that does not match rejects a transaction instead of canceling it',
    right: 'the simulator',
    because: 'It is a reason of the cancellation (ScyllaDB’s test_transact.py, which passes on AWS).',
    explains: ({ at }, { wrong }) =>
      at.startsWith('refusal.') && wrong === 'a transaction with a key that does not fit',
  },
];
