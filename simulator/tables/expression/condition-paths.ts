import type { Condition, Operand } from './condition';
import type { Path } from './path';

/** Every path that a condition reads. */
export function pathsOf(condition: Condition): Path[] {
  const operands = (...list: readonly Operand[]): Path[] =>
    list.flatMap((operand) => {
      if (operand.kind === 'value') return [];
      return operand.kind === 'path' ? [operand.path] : operands(operand.of);
    });
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [...pathsOf(condition.left), ...pathsOf(condition.right)];
    case 'not':
      return pathsOf(condition.of);
    case 'compare':
      return operands(condition.left, condition.right);
    case 'between':
      return operands(condition.operand, condition.low, condition.high);
    case 'in':
      return operands(condition.operand, ...condition.choices);
    case 'begins_with':
    case 'contains':
      return operands(condition.subject, condition.argument);
    case 'attribute_type':
      return operands(condition.subject);
    case 'attribute_exists':
    case 'attribute_not_exists':
      return [condition.path];
  }
}
