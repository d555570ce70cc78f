import type { AttributeValue } from '../../attribute-value';
import { partitionHash } from '../../partition-hash';
import { validation } from '../../service-error';
import type { Comparator, Condition, Operand } from '../expression/condition';
import type { KeyAttribute, KeySchema } from '../key-schema';
import { typeOf } from '../value';

/** The items that a query reads: those of one hash key between two bounds of the sort key. */
export interface KeyInterval {
  readonly hash: string;
  readonly position: number;
  /** Whether a sort key comes before the interval. */
  readonly below: (range: string) => boolean;
  /** Whether a sort key comes after the interval. */
  readonly above: (range: string) => boolean;
}

interface KeyTest {
  readonly name: string;
  readonly operator: Comparator | 'BETWEEN' | 'begins_with';
  readonly values: readonly AttributeValue[];
}

const FLIPPED: Readonly<Record<Comparator, Comparator>> = {
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** @throws ServiceError ValidationException if it is not a condition on this key */
export function readKeyCondition(keys: KeySchema, condition: Condition): KeyInterval {
  const tests = flatten(condition).map(readTest);
  const names = tests.map(({ name }) => name);
  if (new Set(names).size !== names.length) {
    throw validation('KeyConditionExpressions must only contain one condition per key');
  }
  if (tests.length > 2) throw validation('Conditions can be of length 1 or 2 only');
  const hashTest = tests.find(({ name }) => name === keys.hash.name);
  if (!hashTest) throw validation(`Query condition missed key schema element: ${keys.hash.name}`);
  if (hashTest.operator !== '=') throw validation('Query key condition not supported');
  const rangeTest = tests.find((test) => test !== hashTest);
  if (rangeTest && !keys.range) throw validation('Query key condition not supported');
  if (rangeTest && keys.range && rangeTest.name !== keys.range.name) {
    throw validation(`Query condition missed key schema element: ${keys.range.name}`);
  }
  const [hashValue] = hashTest.values as [AttributeValue];
  return {
    hash: keyText(keys, keys.hash, hashValue),
    position: partitionHash(hashValue),
    ...(rangeTest && keys.range ? interval(keys, keys.range, rangeTest) : { below: never, above: never }),
  };
}

const never = (): boolean => false;

function flatten(condition: Condition): Condition[] {
  return condition.kind === 'and' ? [...flatten(condition.left), ...flatten(condition.right)] : [condition];
}

function readTest(condition: Condition): KeyTest {
  switch (condition.kind) {
    case 'compare': {
      const { comparator, left, right } = condition;
      if (comparator === '<>') throw unsupported(comparator);
      if (left.kind === 'value')
        return { name: name(right), operator: FLIPPED[comparator], values: [value(left)] };
      return { name: name(left), operator: comparator, values: [value(right)] };
    }
    case 'between':
      return {
        name: name(condition.operand),
        operator: 'BETWEEN',
        values: [value(condition.low), value(condition.high)],
      };
    case 'begins_with':
      return { name: name(condition.subject), operator: 'begins_with', values: [value(condition.argument)] };
    case 'and':
    case 'or':
    case 'not':
    case 'in':
      throw unsupported(condition.kind.toUpperCase());
    case 'attribute_exists':
    case 'attribute_not_exists':
    case 'attribute_type':
    case 'contains':
      throw unsupported(condition.kind);
  }
}

const unsupported = (operator: string): Error =>
  validation(`Invalid operator used in KeyConditionExpression: ${operator}`);

function name(operand: Operand): string {
  if (operand.kind === 'size') throw unsupported('size');
  if (operand.kind === 'value') {
    throw validation('Invalid KeyConditionExpression: A condition must be on a key attribute');
  }
  if (operand.path.length > 1) {
    throw validation(
      'Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes',
    );
  }
  return operand.path[0] as string;
}

function value(operand: Operand): AttributeValue {
  if (operand.kind === 'value') return operand.value;
  throw validation('Invalid KeyConditionExpression: A key attribute must be compared with a value');
}

function keyText(keys: KeySchema, attribute: KeyAttribute, given: AttributeValue): string {
  if (typeOf(given) !== attribute.type) {
    throw validation(
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    );
  }
  const text = keys.text(attribute, given);
  if (text === '') {
    throw validation(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${attribute.type === 'S' ? 'string' : 'binary'} value. Key: ${attribute.name}`,
    );
  }
  return text;
}

function interval(
  keys: KeySchema,
  attribute: KeyAttribute,
  test: KeyTest,
): Pick<KeyInterval, 'below' | 'above'> {
  if (test.operator === 'begins_with' && attribute.type === 'N') {
    throw validation(
      'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    );
  }
  const [first, second = first] = test.values.map((given) => keyText(keys, attribute, given)) as [
    string,
    string?,
  ];
  const order = (range: string, bound: string): number => keys.compareRange(range, bound);
  switch (test.operator) {
    case '<':
      return { below: never, above: (range) => order(range, first) >= 0 };
    case '<=':
      return { below: never, above: (range) => order(range, first) > 0 };
    case '>':
      return { below: (range) => order(range, first) <= 0, above: never };
    case '>=':
      return { below: (range) => order(range, first) < 0, above: never };
    case 'begins_with':
      return {
        below: (range) => order(range, first) < 0,
        above: (range) => order(range, first) > 0 && !range.startsWith(first),
      };
    case '=':
    case '<>':
    case 'BETWEEN':
      return { below: (range) => order(range, first) < 0, above: (range) => order(range, second) > 0 };
  }
}
