import type { AttributeValue, Item } from '../../attribute-value';

/** Path of a value in an item: attribute names and list indexes, beginning with a name. */
export type Path = readonly (string | number)[];

export const pathText = (path: Path): string =>
  `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;

/** The value at a path, if it exists. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value = item[path[0] as string];
  for (let i = 1; i < path.length && value !== undefined; i++) {
    const step = path[i] as string | number;
    if (typeof step === 'number') value = 'L' in value ? value.L[step] : undefined;
    else value = 'M' in value ? value.M[step] : undefined;
  }
  return value;
}

/** Whether two paths of one expression exclude each other: one contains the other (overlap), or they use one value as map and list (conflict). */
export function clash(left: Path, right: Path): 'overlap' | 'conflict' | undefined {
  const length = Math.min(left.length, right.length);
  for (let i = 0; i < length; i++) {
    if (left[i] === right[i]) continue;
    return typeof left[i] === typeof right[i] ? undefined : 'conflict';
  }
  return 'overlap';
}

type Selection = Map<string | number, Selection | true>;

/** The parts of an item at these paths, with their nesting. List elements keep their order, without gaps. */
export function project(item: Item, paths: readonly Path[]): Item {
  const wanted: Selection = new Map();
  for (const path of paths) {
    let level = wanted;
    for (const [i, step] of path.entries()) {
      const inner = level.get(step);
      if (inner === true) break;
      if (i === path.length - 1) level.set(step, true);
      else if (inner) level = inner;
      else {
        const next: Selection = new Map();
        level.set(step, next);
        level = next;
      }
    }
  }
  return selectMap(item, wanted);
}

function selectMap(map: Item, wanted: Selection): Item {
  const out = Object.create(null) as Item;
  for (const [step, inner] of wanted) {
    const value = typeof step === 'string' ? map[step] : undefined;
    const selected = value && select(value, inner);
    if (selected) out[step as string] = selected;
  }
  return out;
}

function select(value: AttributeValue, wanted: Selection | true): AttributeValue | undefined {
  if (wanted === true) return value;
  if ('M' in value) {
    const map = selectMap(value.M, wanted);
    return Object.keys(map).length > 0 ? { M: map } : undefined;
  }
  if (!('L' in value)) return undefined;
  const list: AttributeValue[] = [];
  const indexes = [...wanted.keys()].filter((step) => typeof step === 'number').sort((a, b) => a - b);
  for (const index of indexes) {
    const element = value.L[index];
    const selected = element && select(element, wanted.get(index) as Selection | true);
    if (selected) list.push(selected);
  }
  return list.length > 0 ? { L: list } : undefined;
}
