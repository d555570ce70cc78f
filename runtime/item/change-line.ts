import type { Item } from './attribute-value';
import { valueJson } from './dynamodb-json';
import { ItemReader } from './item-reader';
import { isObject, membersOfValue, parseJson, requireMembers } from './json-members';
import { MalformedItem } from './malformed';

/** What the writes of a window made of an item. */
export interface ChangedItem {
  readonly keys: Item;
  /** The item at the end of the window; undefined: it was deleted. */
  readonly newImage: Item | undefined;
  /** Time of its last write in the window, in epoch ms, rounded down. */
  readonly writtenAt: number;
}

const MEMBERS = ['Metadata', 'Keys', 'OldImage', 'NewImage'];

/**
 * Parses a line of an incremental export, `{"Metadata":{…},"Keys":{…},"OldImage":{…},"NewImage":{…}}`, with or without an old
 * image. Without a new one the item was deleted. Refuses an object that has the same name twice, as parseExportLine does.
 * Source: DynamoDB guide, "DynamoDB table export output format".
 * @throws MalformedItem
 */
export function parseChangeLine(line: string): ChangedItem {
  const parsed = parseJson(line);
  if (!isObject(parsed)) throw new MalformedItem('it is not a JSON object');
  const { Metadata, Keys, OldImage, NewImage } = parsed;
  const names = Object.keys(parsed);
  if (Keys === undefined || !names.every((name) => MEMBERS.includes(name))) {
    throw new MalformedItem('it is not of the form {"Metadata":{…},"Keys":{…},"NewImage":{…}}');
  }
  const reader = new ItemReader();
  const keys = reader.item(Keys);
  // Read only to check it.
  if (OldImage !== undefined) reader.item(OldImage);
  const image = NewImage === undefined ? undefined : reader.item(NewImage);
  requireMembers(line, names.length + membersOfValue(Metadata) + reader.members);
  // No item is without attributes.
  const newImage = image?.size === 0 ? undefined : image;
  if (newImage !== undefined) requireKeys(keys, newImage);
  return { keys, newImage, writtenAt: writeTime(Metadata) };
}

function requireKeys(keys: Item, image: Item): void {
  for (const [name, value] of keys) {
    const actual = image.get(name);
    if (actual === undefined || valueJson(actual) !== valueJson(value)) {
      throw new MalformedItem('its new image has another key');
    }
  }
}

/** AWS writes the microseconds as a number of DynamoDB's. */
function writeTime(metadata: unknown): number {
  const written = isObject(metadata) ? metadata['WriteTimestampMicros'] : undefined;
  const micros = isObject(written) ? written['N'] : undefined;
  if (typeof micros !== 'string' || !/^\d+$/.test(micros) || !Number.isSafeInteger(Number(micros))) {
    throw new MalformedItem('its Metadata has no WriteTimestampMicros');
  }
  return Math.floor(Number(micros) / 1000);
}
