import type { AttributeValue, Item } from '../../attribute-value';
import { validation } from '../../service-error';
import type { Path } from './path';

const invalidPath = (): Error =>
  validation('The document path provided in the update expression is invalid for update');

/** Placeholder for a removed list element until the update ends, so that indexes keep their meaning. */
const HOLE = Object.freeze({}) as AttributeValue;

type Container = Item | AttributeValue[];

/** A copy-on-write version of an item: only the maps and lists on changed paths are copied. */
export class Draft {
  private readonly root: Item;
  private readonly copies = new Set<Container>();
  private readonly holed = new Set<AttributeValue[]>();

  constructor(item: Item) {
    this.root = copyMap(item);
  }

  /** @throws ServiceError ValidationException unless the path's parent is a map or list, as the path requires */
  set(path: Path, value: AttributeValue): void {
    const container = this.container(path);
    const step = path.at(-1) as string | number;
    if (Array.isArray(container)) container[Math.min(step as number, container.length)] = value;
    else container[step] = value;
  }

  /** Removing a missing value changes nothing. Throws as `set` does. */
  remove(path: Path): void {
    const container = this.container(path);
    const step = path.at(-1) as string | number;
    if (!Array.isArray(container)) Reflect.deleteProperty(container, step);
    else if ((step as number) < container.length) {
      container[step as number] = HOLE;
      this.holed.add(container);
    }
  }

  finish(): Item {
    for (const list of this.holed) {
      const kept = list.filter((element) => element !== HOLE);
      list.splice(0, list.length, ...kept);
    }
    return this.root;
  }

  /** The map or list that contains a path's last step, copied if this draft does not own it yet. */
  private container(path: Path): Container {
    let container: Container = this.root;
    for (let i = 0; i < path.length - 1; i++) {
      const step = path[i] as string | number;
      const value: AttributeValue | undefined = Array.isArray(container)
        ? container[step as number]
        : container[step as string];
      const inner: Container | undefined =
        value && (typeof path[i + 1] === 'number' ? listOf(value) : mapOf(value));
      if (!inner) throw invalidPath();
      if (this.copies.has(inner)) {
        container = inner;
        continue;
      }
      const copy: Container = Array.isArray(inner) ? [...inner] : copyMap(inner);
      this.copies.add(copy);
      const wrapped = (Array.isArray(copy) ? { L: copy } : { M: copy }) as AttributeValue;
      if (Array.isArray(container)) container[step as number] = wrapped;
      else container[step as string] = wrapped;
      container = copy;
    }
    return container;
  }
}

const copyMap = (map: Item): Item => Object.assign(Object.create(null) as Item, map);
const listOf = (value: AttributeValue): AttributeValue[] | undefined => ('L' in value ? value.L : undefined);
const mapOf = (value: AttributeValue): Item | undefined => ('M' in value ? value.M : undefined);
