import type { AttributeValue, Item } from '../../attribute-value';
import { binaryBytes } from '../item-size';
import { typeOf } from '../value';
import { valuesEqual } from '../value-equality';
import { bytesAsText, compareScalars } from '../value-order';
import type { Comparator, Condition, Operand } from './condition';
import { valueAt } from './path';

/** Whether a condition holds for an item; pass an empty item for a missing one. */
export function holds(condition: Condition, item: Item): boolean {
  switch (condition.kind) {
    case 'and':
      return holds(condition.left, item) && holds(condition.right, item);
    case 'or':
      return holds(condition.left, item) || holds(condition.right, item);
    case 'not':
      return !holds(condition.of, item);
    case 'compare':
      return compare(condition.comparator, evaluate(condition.left, item), evaluate(condition.right, item));
    case 'between': {
      const value = evaluate(condition.operand, item);
      return (
        compare('>=', value, evaluate(condition.low, item)) &&
        compare('<=', value, evaluate(condition.high, item))
      );
    }
    case 'in': {
      const value = evaluate(condition.operand, item);
      return condition.choices.some((choice) => compare('=', value, evaluate(choice, item)));
    }
    case 'attribute_exists':
      return valueAt(item, condition.path) !== undefined;
    case 'attribute_not_exists':
      return valueAt(item, condition.path) === undefined;
    case 'attribute_type': {
      const value = evaluate(condition.subject, item);
      return value !== undefined && typeOf(value) === condition.type;
    }
    case 'begins_with':
      return beginsWith(evaluate(condition.subject, item), evaluate(condition.argument, item));
    case 'contains':
      return contains(evaluate(condition.subject, item), evaluate(condition.argument, item));
  }
}

function evaluate(operand: Operand, item: Item): AttributeValue | undefined {
  if (operand.kind === 'value') return operand.value;
  if (operand.kind === 'path') return valueAt(item, operand.path);
  const value = evaluate(operand.of, item);
  const size = value && sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

function compare(
  comparator: Comparator,
  left: AttributeValue | undefined,
  right: AttributeValue | undefined,
): boolean {
  if (left === undefined || right === undefined) return comparator === '<>';
  if (comparator === '=') return valuesEqual(left, right);
  if (comparator === '<>') return !valuesEqual(left, right);
  const order = compareScalars(left, right);
  if (order === undefined) return false;
  if (comparator === '<') return order < 0;
  if (comparator === '<=') return order <= 0;
  if (comparator === '>') return order > 0;
  return order >= 0;
}

/** The result of size(): characters, bytes or members; undefined for numbers, booleans and nulls. */
function sizeOf(value: AttributeValue): number | undefined {
  if ('S' in value) return value.S.length;
  if ('B' in value) return binaryBytes(value.B);
  if ('M' in value) return Object.keys(value.M).length;
  if ('L' in value) return value.L.length;
  if ('SS' in value) return value.SS.length;
  if ('NS' in value) return value.NS.length;
  if ('BS' in value) return value.BS.length;
  return undefined;
}

function beginsWith(subject: AttributeValue | undefined, prefix: AttributeValue | undefined): boolean {
  if (!subject || !prefix) return false;
  if ('S' in subject && 'S' in prefix) return subject.S.startsWith(prefix.S);
  if ('B' in subject && 'B' in prefix) return bytesAsText(subject.B).startsWith(bytesAsText(prefix.B));
  return false;
}

function contains(subject: AttributeValue | undefined, member: AttributeValue | undefined): boolean {
  if (!subject || !member) return false;
  if ('S' in subject) return 'S' in member && subject.S.includes(member.S);
  if ('B' in subject) return 'B' in member && bytesAsText(subject.B).includes(bytesAsText(member.B));
  if ('SS' in subject) return 'S' in member && subject.SS.includes(member.S);
  if ('NS' in subject) return 'N' in member && subject.NS.includes(member.N);
  if ('BS' in subject) return 'B' in member && subject.BS.includes(member.B);
  if ('L' in subject) return subject.L.some((element) => valuesEqual(element, member));
  return false;
}
