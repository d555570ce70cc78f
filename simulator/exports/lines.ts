import type { Item } from '../attribute-value';
import { type Random, shuffle } from '../random';
import { itemSize } from '../tables/item-size';
import type { ViewType } from './export-request';
import type { ItemState, NetChange } from './history';

/** A line of a data file. */
export interface ExportLine {
  /** Position of the item in the hash space. */
  readonly hash: number;
  /** With its line feed. */
  readonly text: string;
  /** What is billed for it. */
  readonly bytes: number;
}

/** Lines of a full export: each item with its attributes in random order. */
export function* itemLines(items: Iterable<ItemState>, random: Random): Generator<ExportLine> {
  for (const { hash, image } of items) {
    const members = Object.keys(image).map(
      (name) => `${JSON.stringify(name)}:${JSON.stringify(image[name])}`,
    );
    shuffle(members, random);
    yield { hash, text: `{"Item":{${members.join(',')}}}\n`, bytes: itemSize(image) };
  }
}

/**
 * Lines of an incremental export: the members as AWS orders them, attributes sorted by name, the time as a number of DynamoDB's.
 * A deleted item has no `NewImage`. Source: "DynamoDB table export output format", and a real export for what that leaves out.
 */
export function* changeLines(changes: Iterable<NetChange>, view: ViewType): Generator<ExportLine> {
  for (const { hash, keys, micros, oldImage, newImage } of changes) {
    const line = {
      Metadata: { WriteTimestampMicros: { N: String(micros) } },
      Keys: sorted(keys),
      ...(oldImage && view === 'NEW_AND_OLD_IMAGES' ? { OldImage: sorted(oldImage) } : {}),
      ...(newImage ? { NewImage: sorted(newImage) } : {}),
    };
    const bytes = [keys, oldImage, newImage].reduce((sum, item) => sum + (item ? itemSize(item) : 0), 0);
    yield { hash, text: `${JSON.stringify(line)}\n`, bytes };
  }
}

function sorted(item: Item): Item {
  return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
}
