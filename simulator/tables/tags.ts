import { invalid } from './invalid';
import type { Input } from './request';
import { optionalList, requiredText, structures } from './request';

const MOST_TAGS = 50;
/** Letters, spaces, digits and some signs ("Tagging restrictions in DynamoDB"). */
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const KEY = { least: 1, most: 128, pattern: TEXT };
const VALUE = { least: 0, most: 256, pattern: TEXT };

/** The tags in a request. @throws ServiceError ValidationException */
export function readTags(input: Input): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (const tag of structures(optionalList(input, 'Tags') ?? [])) {
    const key = requiredText(tag, 'Key', KEY);
    const value = requiredText(tag, 'Value', VALUE);
    if (key.toLowerCase().startsWith('aws:'))
      throw invalid(`Tag key ${key} begins with aws:, which is reserved`);
    if (tags.has(key)) throw invalid(`Duplicate tag key: ${key}`);
    tags.set(key, value);
  }
  checkTagCount(tags);
  return tags;
}

/** @throws ServiceError ValidationException */
export function checkTagCount({ size }: ReadonlyMap<string, string>): void {
  if (size > MOST_TAGS) throw invalid(`A table can have at most ${MOST_TAGS} tags, not ${size}`);
}
