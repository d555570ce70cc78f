import assert from 'node:assert/strict';
import type { AttributeValue } from '../../../runtime/item/attribute-value';
import { parseChangeLine } from '../../../runtime/item/change-line';
import { MalformedItem } from '../../../runtime/item/malformed';

const MICROS = '1768387673917155';
const METADATA = `"Metadata":{"WriteTimestampMicros":{"N":"${MICROS}"}}`;
const KEYS = '"Keys":{"id":{"S":"a"}}';
const line = (...members: string[]) => `{${members.join(',')}}`;
const map = (entries: Record<string, AttributeValue>) => new Map(Object.entries(entries));

describe('A line of an incremental export', () => {
  it('has the key, the new image and the time of the last write, in either view', () => {
    const image = '{"id":{"S":"a"},"n":{"N":"1.10"}}';
    for (const members of [
      [METADATA, KEYS, '"OldImage":{"id":{"S":"a"}}', `"NewImage":${image}`],
      [METADATA, KEYS, `"NewImage":${image}`],
      [`"NewImage":${image}`, KEYS, METADATA],
    ]) {
      assert.deepEqual(parseChangeLine(line(...members)), {
        keys: map({ id: { S: 'a' } }),
        newImage: map({ id: { S: 'a' }, n: { N: '1.10' } }),
        writtenAt: 1768387673917,
      });
    }
  });

  it('without a new image is a delete, in either view', () => {
    for (const members of [
      [METADATA, KEYS, '"OldImage":{"id":{"S":"a"},"n":{"N":"1"}}'],
      [METADATA, KEYS],
      [METADATA, KEYS, '"NewImage":{}'],
    ]) {
      const { keys, newImage } = parseChangeLine(line(...members));
      assert.deepEqual([keys, newImage], [map({ id: { S: 'a' } }), undefined]);
    }
  });

  it('keeps every value exactly: 38 digits, bytes, names of prototypes, half pairs (D1)', () => {
    const image =
      '{"id":{"S":"a"},"__proto__":{"N":"12345678901234567890123456789012345678"},"b":{"B":"AP8="},' +
      '"m":{"M":{"constructor":{"L":[{"NULL":true},{"S":""}]}}},"half":{"S":"\\ud800"}}';
    const { newImage } = parseChangeLine(line(METADATA, KEYS, `"NewImage":${image}`));
    assert.deepEqual(
      newImage,
      new Map<string, unknown>([
        ['id', { S: 'a' }],
        ['__proto__', { N: '12345678901234567890123456789012345678' }],
        ['b', { B: Uint8Array.of(0, 255) }],
        ['m', { M: new Map([['constructor', { L: [{ NULL: true }, { S: '' }] }]]) }],
        ['half', { S: '\ud800' }],
      ]),
    );
  });

  it('with a value of an unknown kind is read; only that value is unreadable', () => {
    const { newImage } = parseChangeLine(
      line(METADATA, KEYS, '"NewImage":{"id":{"S":"a"},"x":{"Q":{"y":1}}}'),
    );
    assert.deepEqual([...newImage!.keys()], ['id', 'x']);
    assert.deepEqual(newImage!.get('x'), { unreadable: '{"Q":{"y":1}}' });
  });

  it('may have the key’s number written in another way, and more metadata', () => {
    const more = `"Metadata":{"Region":{"S":"x"},"WriteTimestampMicros":{"N":"${MICROS}"}}`;
    const { newImage } = parseChangeLine(
      line(more, '"Keys":{"id":{"N":"1"}}', '"NewImage":{"id":{"N":"1.0"}}'),
    );
    assert.deepEqual(newImage, map({ id: { N: '1.0' } }));
  });

  const SECRET = 'never-in-a-message';
  const IMAGE = `"NewImage":{"id":{"S":"a"},"x":{"S":"${SECRET}"}}`;
  const MALFORMED: readonly (readonly [what: string, text: string, says: RegExp])[] = [
    ['text that is not JSON', `{"Keys":{"id":{"S":"${SECRET}`, /not JSON/],
    ['an array', `["${SECRET}"]`, /not a JSON object/],
    ['null', 'null', /not a JSON object/],
    ['a line of a full export', `{"Item":{"id":{"S":"${SECRET}"}}}`, /not of the form/],
    ['no keys', line(METADATA, IMAGE), /not of the form/],
    ['a member of another name', line(METADATA, KEYS, IMAGE, '"More":{}'), /not of the form/],
    ['keys that are text', line(METADATA, `"Keys":"${SECRET}"`), /not a JSON object/],
    ['an image that is null', line(METADATA, KEYS, '"NewImage":null'), /not a JSON object/],
    ['an old image that is text', line(METADATA, KEYS, `"OldImage":"${SECRET}"`), /not a JSON object/],
    ['no metadata', line(KEYS, IMAGE), /no WriteTimestampMicros/],
    [
      'a bare time',
      line(`"Metadata":{"WriteTimestampMicros":${MICROS}}`, KEYS, IMAGE),
      /no WriteTimestampMicros/,
    ],
    [
      'a time that is no number',
      line('"Metadata":{"WriteTimestampMicros":{"N":"1e15"}}', KEYS, IMAGE),
      /no WriteTimestampMicros/,
    ],
    [
      'a time beyond any clock',
      line('"Metadata":{"WriteTimestampMicros":{"N":"99999999999999999"}}', KEYS, IMAGE),
      /no WriteTimestampMicros/,
    ],
    ['an image of another item', line(METADATA, '"Keys":{"id":{"S":"b"}}', IMAGE), /another key/],
    ['an image without its key', line(METADATA, KEYS, '"NewImage":{"x":{"S":"1"}}'), /another key/],
    ['two new images', line(METADATA, KEYS, IMAGE, IMAGE), /same name twice/],
    [
      'a name twice in the keys',
      line(METADATA, '"Keys":{"id":{"S":"b"},"id":{"S":"a"}}', IMAGE),
      /same name twice/,
    ],
    [
      'a name twice in an old image',
      line(METADATA, KEYS, '"OldImage":{"id":{"S":"a"},"x":{"S":"1"},"x":{"S":"2"}}', IMAGE),
      /same name twice/,
    ],
    [
      'a time twice',
      line('"Metadata":{"WriteTimestampMicros":{"N":"1","N":"2"}}', KEYS, IMAGE),
      /same name twice/,
    ],
  ];
  for (const [what, text, says] of MALFORMED) {
    it(`is refused for ${what}, without a value in the message (X1)`, () => {
      assert.throws(
        () => parseChangeLine(text),
        (error) => {
          assert.ok(error instanceof MalformedItem, String(error));
          assert.match(error.message, says);
          assert.ok(!error.message.includes(SECRET));
          return true;
        },
      );
    });
  }
});
