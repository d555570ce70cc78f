import { ServiceError } from '../service-error';
import { contents, element, textOf } from '../xml';
import type { Tags } from './object-store';

const MOST_BUCKET_TAGS = 50;
const MOST_OBJECT_TAGS = 10;

/** Content of a Tagging document. */
export const tagSet = (tags: Tags): string =>
  `<TagSet>${[...tags].map(([key, value]) => `<Tag>${element('Key', key)}${element('Value', value)}</Tag>`).join('')}</TagSet>`;

/** Parses a Tagging document. @throws ServiceError MalformedXML, InvalidTag, BadRequest */
export function readTagging(xml: string, of: 'bucket' | 'object'): Tags {
  if (contents(xml, 'Tagging').length === 0) {
    throw new ServiceError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  const pairs = contents(xml, 'Tag').map(
    (tag) => [textOf(tag, 'Key') ?? '', textOf(tag, 'Value') ?? ''] as const,
  );
  return checked(pairs, of);
}

/** Parses the header `x-amz-tagging`, a query string. @throws ServiceError InvalidTag, BadRequest */
export const readTaggingHeader = (header: string): Tags =>
  checked([...new URLSearchParams(header)], 'object');

function checked(pairs: readonly (readonly [string, string])[], of: 'bucket' | 'object'): Tags {
  const most = of === 'bucket' ? MOST_BUCKET_TAGS : MOST_OBJECT_TAGS;
  if (pairs.length > most) {
    throw new ServiceError(
      'BadRequest',
      `${of === 'bucket' ? 'Bucket' : 'Object'} tags cannot be greater than ${most}`,
    );
  }
  for (const [key, value] of pairs) {
    if (key === '' || key.length > 128)
      throw new ServiceError('InvalidTag', 'The TagKey you have provided is invalid');
    if (value.length > 256) throw new ServiceError('InvalidTag', 'The TagValue you have provided is invalid');
  }
  const tags = new Map(pairs);
  if (tags.size < pairs.length) {
    throw new ServiceError('InvalidTag', 'Cannot provide multiple Tags with the same key');
  }
  return tags;
}
