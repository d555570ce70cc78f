import { Random } from '../../../../simulator/random';
import type { Operation, Wire } from '../operation';

/** Few keys, so that operations meet, with every character that could be altered on the way. */
const KEYS = ['a', 'a/1', 'a/2', 'a/b/1', 'b', 'B', 'é', 'with space+plus', '%25?&=#', '🦜', 'a//c'];
const BODIES = ['', 'x', '0123456789', 'zwölf Zeichen', 'x'.repeat(3000)];
const RANGES = [
  'bytes=0-0',
  'bytes=0-4',
  'bytes=2-',
  'bytes=-3',
  'bytes=5-100',
  'bytes=-100000',
  'bytes=3-1',
  'bytes=0-1,3-4',
  'lines=1-2',
];
const UNSATISFIABLE = ['bytes=1000000-', 'bytes=-0'];
const TYPES = ['text/plain', 'application/json', 'text/plain; charset=utf-8'];
/** ETag of the body `x`. */
const ETAG = '"9dd4e461268c8034f5c8564e155c67a6"';

const key = (random: Random): string => random.pick(KEYS);

function put(random: Random): Operation {
  return {
    name: 'PutObject',
    input: {
      Key: key(random),
      Body: random.pick(BODIES),
      ...(random.chance(0.3) ? { ContentType: random.pick(TYPES) } : {}),
      ...(random.chance(0.3) ? { Metadata: { one: 'value', two: 'with space' } } : {}),
      ...(random.chance(0.1) ? { IfNoneMatch: '*' } : {}),
      ...(random.chance(0.1) ? { IfMatch: ETAG } : {}),
    },
  };
}

const get = (random: Random): Operation => ({
  name: random.chance(0.3) ? 'HeadObject' : 'GetObject',
  input: {
    Key: key(random),
    ...(random.chance(0.5) ? { Range: random.pick([...RANGES, ...UNSATISFIABLE]) } : {}),
    ...(random.chance(0.2) ? { IfMatch: ETAG } : {}),
    ...(random.chance(0.1) ? { IfNoneMatch: ETAG } : {}),
  },
});

const list = (random: Random): Operation => ({
  name: 'ListObjectsV2',
  paged: true,
  input: {
    ...(random.chance(0.6) ? { Prefix: random.pick(['', 'a', 'a/', 'a/b', 'é', 'nothing']) } : {}),
    ...(random.chance(0.5) ? { Delimiter: random.pick(['/', 'a', '//']) } : {}),
    ...(random.chance(0.6) ? { MaxKeys: random.integer(1, 5) } : {}),
    ...(random.chance(0.2) ? { StartAfter: key(random) } : {}),
  },
});

const remove = (random: Random): Operation =>
  random.chance(0.5)
    ? { name: 'DeleteObject', input: { Key: key(random) } }
    : {
        name: 'DeleteObjects',
        input: { Delete: { Objects: [...new Set([key(random), key(random)])].map((Key) => ({ Key })) } },
      };

const MAKERS = [put, put, put, get, get, get, list, list, remove];

const MEBIBYTE = 1024 * 1024;
const LARGE = 5 * MEBIBYTE;

/** A multipart upload: part sizes, order of sending and listing, and what is wrong with the list. */
const upload = (about: string, input: Wire, wrong?: string): Operation => ({
  name: 'MultipartUpload',
  about,
  input: { Key: 'parts', ...input },
  ...(wrong === undefined ? {} : { wrong }),
});

const uploads = (): Operation[] => [
  upload('two parts', { parts: { 1: LARGE, 2: 10 } }),
  { name: 'HeadObject', about: 'of two parts', input: { Key: 'parts' } },
  {
    name: 'GetObject',
    about: 'of two parts',
    input: { Key: 'parts', Range: `bytes=${LARGE - 2}-${LARGE + 2}` },
  },
  upload('one part', { parts: { 1: 10 } }),
  upload('parts that are not numbered one by one', { parts: { 3: LARGE, 7: LARGE, 9: 0 } }),
  upload('with type and metadata', {
    parts: { 1: 3 },
    ContentType: 'text/plain',
    Metadata: { one: 'value' },
  }),
  { name: 'GetObject', about: 'with type and metadata', input: { Key: 'parts' } },
  upload('a part that is too small', { parts: { 1: 10, 2: 10 } }, 'a part that is too small'),
  upload('parts in another order', { parts: { 1: LARGE, 2: 10 }, listed: [2, 1] }, 'parts in another order'),
  upload('a part that was never sent', { parts: { 1: LARGE }, listed: [1, 2] }, 'a part that was never sent'),
  upload('a part by another ETag', { parts: { 1: 10 }, etag: ETAG }, 'a part by another ETag'),
  upload('no part', { parts: { 1: 10 }, listed: [] }, 'no part'),
  upload('an upload that was aborted', { parts: { 1: 10 }, abort: true }, 'an upload that was aborted'),
];

const refused = (wrong: string, name: string, input: Wire): Operation => ({ name, input, wrong });

const wrong = (): Operation[] => [
  refused('no such key', 'GetObject', { Key: 'nowhere' }),
  refused('no such key', 'HeadObject', { Key: 'nowhere' }),
  refused('no such bucket', 'GetObject', { Bucket: 'no-such-bucket', Key: 'a' }),
  refused('no such bucket', 'PutObject', { Bucket: 'no-such-bucket', Key: 'a', Body: 'x' }),
  refused('no such bucket', 'ListObjectsV2', { Bucket: 'no-such-bucket' }),
  refused('a key that is too long', 'PutObject', { Key: 'k'.repeat(1025), Body: 'x' }),
  ...UNSATISFIABLE.map((Range) => refused('a range beyond the end', 'GetObject', { Key: 'range', Range })),
];

/** The operations for both emulators, in order. @param randomCount number of random operations */
export function objectLog(seed: number, randomCount: number): Operation[] {
  const random = new Random(seed);
  return [
    ...uploads(),
    { name: 'PutObject', about: 'ranges', input: { Key: 'range', Body: '0123456789' } },
    ...[...RANGES, 'bytes=0-9', 'bytes=9-', 'bytes=a-b', 'bytes=-'].map(
      (Range): Operation => ({
        name: 'GetObject',
        about: 'ranges',
        input: { Key: 'range', Range },
      }),
    ),
    { name: 'PutObject', about: 'ranges', input: { Key: 'empty', Body: '' } },
    { name: 'GetObject', about: 'ranges', input: { Key: 'empty', Range: 'bytes=-3' } },
    ...wrong(),
    ...Array.from({ length: randomCount }, () => random.pick(MAKERS)(random)),
    ...KEYS.map((Key): Operation => ({ name: 'GetObject', about: 'the end', input: { Key } })),
    { name: 'ListObjectsV2', about: 'the end', input: {}, paged: true },
  ];
}
