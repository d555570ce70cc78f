import assert from 'node:assert/strict';
import { Service, plain } from './fixture';
import type { Wire } from './fixture';

const EMPTY =
  'ValidationException: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes';
const invalid = (rest: string): string =>
  `ValidationException: One or more parameter values were invalid: ${rest}`;

/** A value inside this many maps. */
const nested = (maps: number, inner: unknown): Wire =>
  maps === 0 ? (inner as Wire) : { M: { m: nested(maps - 1, inner) } };

describe('simulator: values (D1)', () => {
  const kept: [string, unknown, unknown?][] = [
    ['an empty string', { S: '' }],
    ['NUL, emoji and newlines', { S: 'a\u0000b\n\u{1F600}' }],
    ['a lone surrogate', { S: '\ud800x' }],
    ['empty binary', { B: '' }],
    ['binary', { B: 'AAH+/w==' }],
    ['false', { BOOL: false }],
    ['null', { NULL: true }],
    ['an empty list', { L: [] }],
    ['an empty map', { M: {} }],
    ['a number in canonical form', { N: '1.50' }, { N: '1.5' }],
    ['numbers inside documents', { L: [{ M: { n: { N: '-0' } } }] }, { L: [{ M: { n: { N: '0' } } }] }],
    ['a number set by value', { NS: ['10', '9.0', '-1'] }, { NS: ['-1', '9', '10'] }],
    [
      'a string set by bytes',
      { SS: ['\u{1F600}', '\uFFFF', 'b', 'B', ''] },
      { SS: ['', 'B', 'b', '\uFFFF', '\u{1F600}'] },
    ],
    ['a binary set by bytes', { BS: ['gA==', 'AQ==', ''] }, { BS: ['', 'AQ==', 'gA=='] }],
    ['31 maps around a string', nested(31, { S: 'x' })],
    ['a value besides null and undefined members', { S: 'x', N: null }, { S: 'x' }],
  ];
  for (const [name, given, stored] of kept) {
    it(`keeps ${name}`, () => {
      const service = new Service();
      service.put({ id: { S: 'a' }, v: given });
      assert.deepEqual(service.get('a')?.v, stored ?? given);
    });
  }

  const refused: [string, unknown, string][] = [
    ['no type', {}, EMPTY],
    ['an unknown type', { X: 'a' }, EMPTY],
    ['nothing', null, EMPTY],
    [
      'two types',
      { S: 'a', N: '1' },
      'ValidationException: Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    ],
    [
      'a null that is false',
      { NULL: false },
      invalid('Null attribute value types must have the value of true'),
    ],
    ['an empty string set', { SS: [] }, invalid('An string set  may not be empty')],
    ['an empty number set', { NS: [] }, invalid('An number set  may not be empty')],
    ['an empty binary set', { BS: [] }, invalid('Binary sets should not be empty')],
    ['a string twice', { SS: ['a', 'a'] }, invalid('Input collection [a, a] contains duplicates.')],
    ['a number twice', { NS: ['1', '1.0'] }, invalid('Input collection [1, 1] contains duplicates.')],
    [
      'a binary twice',
      { BS: ['AQ==', 'AQ=='] },
      invalid('Input collection [AQ==, AQ==] contains duplicates.'),
    ],
    [
      '33 levels',
      nested(32, { S: 'x' }),
      'ValidationException: Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
    ],
    ['a JSON number', { N: 123 }, 'SerializationException: NUMBER_VALUE cannot be converted to String'],
    ['a JSON boolean', { S: true }, 'SerializationException: TRUE_VALUE cannot be converted to String'],
    ['a mixed set', { SS: ['a', 1] }, 'SerializationException: NUMBER_VALUE cannot be converted to String'],
    [
      'text for a boolean',
      { BOOL: 'true' },
      'SerializationException: STRING_VALUE cannot be converted to Boolean',
    ],
    ['a bare string', 'x', 'SerializationException: STRING_VALUE cannot be converted to AttributeValue'],
    ['a number for a list', { L: 3 }, 'SerializationException: NUMBER_VALUE cannot be converted to List'],
    [
      'a list for a map',
      { M: [] },
      'SerializationException: Unexpected start of a list where Map was expected',
    ],
    [
      'cut base64',
      { B: 'AAA' },
      'SerializationException: Base64 encoded length is expected a multiple of 4 bytes but found: 3',
    ],
    ['invalid base64', { B: 'a-b_' }, 'SerializationException: Invalid Base64 character found'],
    [
      'base64 with stray bits',
      { B: 'AB==' },
      'SerializationException: Invalid last non-pad Base64 character detected',
    ],
    ['a nested empty name', { M: { '': { S: 'x' } } }, invalid('Empty attribute name')],
  ];
  for (const [name, value, message] of refused) {
    it(`rejects ${name}`, () => {
      const service = new Service();
      assert.equal(
        service.refusal('PutItem', { TableName: 'items', Item: { id: { S: 'a' }, v: value } }),
        message,
      );
      assert.equal(service.tables.get('items')?.itemCount, 0);
    });
  }

  it('accepts any attribute name up to 65,535 bytes', () => {
    const service = new Service();
    const names = ['__proto__', 'constructor', 'A', 'a', '"\'.', 'x\u0000y', 'é'.repeat(32_767)];
    const item = JSON.parse(
      `{"id":{"S":"a"},${names.map((name) => `${JSON.stringify(name)}:{"S":"v"}`).join(',')}}`,
    ) as Wire;
    service.put(item);
    assert.deepEqual(Object.keys(service.get('a') ?? {}).sort(), ['id', ...names].sort());
    const image = service.changes[0]?.newImage;
    assert.ok(image && Object.getPrototypeOf(image) === null && Object.hasOwn(image, '__proto__'));
    assert.equal(
      service.refusal('PutItem', {
        TableName: 'items',
        Item: { id: { S: 'b' }, ['é'.repeat(32_768)]: { S: 'v' } },
      }),
      invalid('Attribute name is too large, must be less than 65536 bytes'),
    );
  });

  it('accepts an item of up to 409,600 bytes', () => {
    const service = new Service();
    const item = (bytes: number): Wire => ({ id: { S: 'a' }, v: { S: 'é'.repeat((bytes - 4) / 2) } });
    service.put(item(409_600));
    assert.equal(service.tables.get('items')?.sizeBytes, 409_600);
    assert.equal(
      service.refusal('PutItem', { TableName: 'items', Item: { ...item(409_600), w: { S: '' } } }),
      'ValidationException: Item size has exceeded the maximum allowed size',
    );
    assert.equal(
      service.refusal('UpdateItem', {
        TableName: 'items',
        Key: { id: { S: 'a' } },
        UpdateExpression: 'SET w = :w',
        ExpressionAttributeValues: { ':w': { S: '' } },
      }),
      'ValidationException: Item size to update has exceeded the maximum allowed size',
    );
  });

  const sizes: [unknown, number][] = [
    [{ S: 'é' }, 2],
    [{ N: '1' }, 2],
    [{ N: '123' }, 3],
    [{ N: '-1200' }, 3],
    [{ N: '0.0012' }, 2],
    [{ N: '10.01' }, 3],
    [{ B: 'AAH+/w==' }, 4],
    [{ BOOL: true }, 1],
    [{ NULL: true }, 1],
    [{ SS: ['ab', 'c'] }, 3],
    [{ L: [] }, 3],
    [{ L: [{ S: 'a' }] }, 5],
    [{ M: { k: { S: 'ab' } } }, 7],
  ];
  for (const [value, bytes] of sizes) {
    it(`counts ${JSON.stringify(value)} as ${bytes} bytes`, () => {
      const service = new Service();
      service.put({ id: { S: 'a' }, v: value });
      assert.equal(service.tables.get('items')?.sizeBytes, bytes + 'id'.length + 'a'.length + 'v'.length);
    });
  }

  it('shares no objects with the request', () => {
    const service = new Service();
    const item = { id: { S: 'a' }, v: { L: [{ S: 'x' }] } };
    service.put(item);
    item.v.L.push({ S: 'y' });
    assert.deepEqual(plain(service.changes[0]?.newImage), { id: { S: 'a' }, v: { L: [{ S: 'x' }] } });
  });
});
