import type { AttributeValue, Item } from '../../attribute-value';
import { validation } from '../../service-error';
import { addNumbers, compareNumbers, subtractNumbers } from '../number';
import { checkNesting } from '../value';
import { compareBytes, compareText } from '../value-order';
import { Draft } from './draft';
import type { Path } from './path';
import { valueAt } from './path';
import type { SetValue, Update } from './update';

/**
 * Applies an update and returns the new item. `item` is not changed; the result shares its unchanged parts.
 * @throws ServiceError ValidationException if an operand is missing or has the wrong type, a path does not exist, a
 *   number is out of range or the result nests too deeply
 */
export function applyUpdate(item: Item, update: Update): Item {
  const draft = new Draft(item);
  const sets = update.set.map(({ path, to }) => ({ path, value: compute(to, item) }));
  const sums = update.add.map(({ path, value }) => ({ path, value: add(valueAt(item, path), value) }));
  const rests = update.delete.map(({ path, value }) => ({
    path,
    value: subtract(valueAt(item, path), value),
  }));
  // Elements past a list's end are appended in the order of their indexes.
  const byIndex = [...sets, ...sums].sort((left, right) => lastIndex(left.path) - lastIndex(right.path));
  for (const { path, value } of byIndex) {
    checkNesting(value, path.length);
    draft.set(path, value);
  }
  for (const { path, value } of rests) {
    if (value === 'empty') draft.remove(path);
    else if (value) draft.set(path, value);
  }
  for (const path of update.remove) draft.remove(path);
  return draft.finish();
}

function lastIndex(path: Path): number {
  const last = path.at(-1);
  return typeof last === 'number' ? last : -1;
}

const wrongType = (): Error => validation('An operand in the update expression has an incorrect data type');

function compute(set: SetValue, item: Item): AttributeValue {
  switch (set.kind) {
    case 'value':
      return set.value;
    case 'path': {
      const value = valueAt(item, set.path);
      if (value) return value;
      throw validation('The provided expression refers to an attribute that does not exist in the item');
    }
    case 'if_not_exists':
      return valueAt(item, set.path) ?? compute(set.otherwise, item);
    case 'list_append': {
      const left = compute(set.left, item);
      const right = compute(set.right, item);
      if (!('L' in left) || !('L' in right)) throw wrongType();
      return { L: [...left.L, ...right.L] };
    }
    case '+':
    case '-': {
      const left = compute(set.left, item);
      const right = compute(set.right, item);
      if (!('N' in left) || !('N' in right)) throw wrongType();
      return { N: set.kind === '+' ? addNumbers(left.N, right.N) : subtractNumbers(left.N, right.N) };
    }
  }
}

function add(old: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (!old) return value;
  if ('N' in old && 'N' in value) return { N: addNumbers(old.N, value.N) };
  if ('SS' in old && 'SS' in value) return { SS: union(old.SS, value.SS, compareText) };
  if ('NS' in old && 'NS' in value) return { NS: union(old.NS, value.NS, compareNumbers) };
  if ('BS' in old && 'BS' in value) return { BS: union(old.BS, value.BS, compareBytes) };
  throw wrongType();
}

function union(left: string[], right: string[], compare: (a: string, b: string) => number): string[] {
  return [...new Set([...left, ...right])].sort(compare);
}

/** Removes members from a set; without a set there is nothing to do. */
function subtract(
  old: AttributeValue | undefined,
  value: AttributeValue,
): AttributeValue | 'empty' | undefined {
  if (!old) return undefined;
  if ('SS' in old && 'SS' in value) return remaining('SS', old.SS, value.SS);
  if ('NS' in old && 'NS' in value) return remaining('NS', old.NS, value.NS);
  if ('BS' in old && 'BS' in value) return remaining('BS', old.BS, value.BS);
  throw wrongType();
}

function remaining(type: 'SS' | 'NS' | 'BS', old: string[], gone: string[]): AttributeValue | 'empty' {
  const members = old.filter((member) => !gone.includes(member));
  return members.length === 0 ? 'empty' : ({ [type]: members } as AttributeValue);
}
