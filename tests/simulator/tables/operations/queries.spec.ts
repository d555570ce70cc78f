import assert from 'node:assert/strict';
import { Service } from '../fixture';
import type { Wire } from '../fixture';

const lines = ['10', '9', '1E-3', '-4', '100', '0'];

function numbered(): Service {
  const service = new Service({ line: 'N' });
  for (const N of lines) {
    service.call('PutItem', {
      TableName: 'lines',
      Item: { order: { S: 'o' }, line: { N }, even: { BOOL: Number(N) % 2 === 0 } },
    });
  }
  service.call('PutItem', { TableName: 'lines', Item: { order: { S: 'other' }, line: { N: '9' } } });
  return service;
}

const query = (condition: string, values: Wire, more: Wire = {}): Wire => ({
  TableName: 'lines',
  KeyConditionExpression: `#o = :o${condition}`,
  ExpressionAttributeNames: { '#o': 'order' },
  ExpressionAttributeValues: { ':o': { S: 'o' }, ...values },
  ...more,
});

const shown = (answer: { Items: { line: Record<string, string> }[] }): (string | undefined)[] =>
  answer.Items.map(({ line }) => Object.values(line)[0]);

describe('simulator: Query', () => {
  const nine = { ':x': { N: '9.0' } };
  const numeric: [string, Wire, string[]][] = [
    ['', {}, ['-4', '0', '0.001', '9', '10', '100']],
    [' AND line = :x', nine, ['9']],
    [' AND line < :x', nine, ['-4', '0', '0.001']],
    [' AND line <= :x', nine, ['-4', '0', '0.001', '9']],
    [' AND line > :x', nine, ['10', '100']],
    [' AND line >= :x', nine, ['9', '10', '100']],
    [' AND :x < line', nine, ['10', '100']],
    [' AND line BETWEEN :x AND :y', { ...nine, ':y': { N: '99' } }, ['9', '10']],
    [' AND line = :x', { ':x': { N: '5' } }, []],
  ];
  for (const [condition, values, expected] of numeric) {
    it(`by number${condition}`, () => {
      const service = numbered();
      const forward = service.call('Query', query(condition, values));
      assert.deepEqual(shown(forward), expected);
      assert.equal(forward.Count, expected.length);
      const backward = service.call('Query', query(condition, values, { ScanIndexForward: false }));
      assert.deepEqual(shown(backward), expected.toReversed());
    });
  }

  it('orders strings by their UTF-8 bytes and finds prefixes', () => {
    const service = new Service();
    const texts = ['b', 'B', 'ab', 'a', '\u{1F600}', '\uFFFF', 'a\u0000', 'abc', 'ac'];
    for (const S of texts)
      service.call('PutItem', { TableName: 'lines', Item: { order: { S: 'o' }, line: { S } } });
    const sorted = texts.toSorted((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    assert.deepEqual(shown(service.call('Query', query('', {}))), sorted);
    const prefixed = service.call('Query', query(' AND begins_with(line, :p)', { ':p': { S: 'a' } }));
    assert.deepEqual(shown(prefixed), ['a', 'a\u0000', 'ab', 'abc', 'ac']);
  });

  it('orders binary by bytes and finds prefixes', () => {
    const service = new Service({ line: 'B' });
    const bytes = [[255], [0], [128, 1], [128], [127, 255], [1, 2, 3]].map((b) =>
      Buffer.from(b).toString('base64'),
    );
    for (const B of bytes)
      service.call('PutItem', { TableName: 'lines', Item: { order: { S: 'o' }, line: { B } } });
    const sorted = bytes.toSorted((x, y) =>
      Buffer.compare(Buffer.from(x, 'base64'), Buffer.from(y, 'base64')),
    );
    assert.deepEqual(shown(service.call('Query', query('', {}))), sorted);
    const prefix = Buffer.from([128]).toString('base64');
    assert.deepEqual(
      shown(service.call('Query', query(' AND begins_with(line, :p)', { ':p': { B: prefix } }))),
      [[128], [128, 1]].map((b) => Buffer.from(b).toString('base64')),
    );
  });

  for (const ScanIndexForward of [true, false]) {
    it(`pages ${ScanIndexForward ? 'forward' : 'backward'}, past keys deleted meanwhile`, () => {
      const service = numbered();
      const seen: (string | undefined)[] = [];
      let ExclusiveStartKey: Wire | undefined;
      do {
        const page = service.call('Query', query('', {}, { Limit: 2, ScanIndexForward, ExclusiveStartKey }));
        seen.push(...shown(page));
        ExclusiveStartKey = page.LastEvaluatedKey;
        if (ExclusiveStartKey) service.call('DeleteItem', { TableName: 'lines', Key: ExclusiveStartKey });
      } while (ExclusiveStartKey);
      const all = ['-4', '0', '0.001', '9', '10', '100'];
      assert.deepEqual(seen, ScanIndexForward ? all : all.reverse());
    });
  }

  it('filters after counting towards the limit', () => {
    const service = numbered();
    const filtered = query('', { ':t': { BOOL: true } }, { FilterExpression: 'even = :t', Limit: 4 });
    const page = service.call('Query', filtered);
    assert.deepEqual([shown(page), page.Count, page.ScannedCount], [['-4', '0'], 2, 4]);
    assert.deepEqual(page.LastEvaluatedKey, { order: { S: 'o' }, line: { N: '9' } });
  });

  it('ends a page at 1 MB', () => {
    const service = new Service();
    for (let i = 0; i < 10; i++) {
      service.call('PutItem', {
        TableName: 'lines',
        Item: { order: { S: 'o' }, line: { S: String(i) }, v: { S: 'x'.repeat(300_000) } },
      });
    }
    const page = service.call('Query', query('', {}, { Select: 'COUNT' }));
    assert.deepEqual(page, {
      Count: 4,
      ScannedCount: 4,
      LastEvaluatedKey: { order: { S: 'o' }, line: { S: '3' } },
    });
  });

  it('works on a table without sort key', () => {
    const service = new Service();
    service.put({ id: { S: 'a' }, v: { S: 'x' } });
    const input = {
      TableName: 'items',
      KeyConditionExpression: 'id = :a',
      ExpressionAttributeValues: { ':a': { S: 'a' } },
      ProjectionExpression: 'v',
    };
    assert.deepEqual(service.call('Query', input), { Items: [{ v: { S: 'x' } }], Count: 1, ScannedCount: 1 });
    const next = service.call('Query', { ...input, ExclusiveStartKey: { id: { S: 'a' } } });
    assert.deepEqual(next.Items, []);
  });

  for (const FilterExpression of [
    'line = :o',
    'even = :o OR NOT :o = line',
    'even BETWEEN line AND :o',
    'even IN (:o, line)',
    'begins_with(line, :o)',
    'contains(even, line)',
    'attribute_type(line, :o)',
    'attribute_not_exists(line)',
    'size(line) > size(even)',
  ]) {
    it(`rejects the key in the filter ${FilterExpression}`, () => {
      assert.equal(
        numbered().refusal('Query', query('', { ':o': { S: 'S' } }, { FilterExpression })),
        'ValidationException: Filter Expression can only contain non-primary key attributes: Primary key attribute: line',
      );
    });
  }

  const refused: [string, Wire, string][] = [
    [
      'no key condition',
      {
        KeyConditionExpression: undefined,
        ExpressionAttributeNames: undefined,
        ExpressionAttributeValues: undefined,
      },
      'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
    ],
    [
      'no partition key',
      { KeyConditionExpression: 'line = :o', ExpressionAttributeNames: undefined },
      'Query condition missed key schema element: order',
    ],
    ['a range of partition keys', { KeyConditionExpression: '#o > :o' }, 'Query key condition not supported'],
    [
      'another attribute',
      { KeyConditionExpression: '#o = :o AND even = :o' },
      'Query condition missed key schema element: line',
    ],
    [
      'two conditions on one key',
      { KeyConditionExpression: '#o = :o AND #o > :o' },
      'KeyConditionExpressions must only contain one condition per key',
    ],
    [
      'OR',
      { KeyConditionExpression: '#o = :o OR line = :o' },
      'Invalid operator used in KeyConditionExpression: OR',
    ],
    [
      'NOT',
      { KeyConditionExpression: 'NOT #o = :o' },
      'Invalid operator used in KeyConditionExpression: NOT',
    ],
    ['<>', { KeyConditionExpression: '#o <> :o' }, 'Invalid operator used in KeyConditionExpression: <>'],
    ['IN', { KeyConditionExpression: '#o IN (:o)' }, 'Invalid operator used in KeyConditionExpression: IN'],
    [
      'a function',
      { KeyConditionExpression: '#o = :o AND contains(line, :o)' },
      'Invalid operator used in KeyConditionExpression: contains',
    ],
    [
      'a size',
      { KeyConditionExpression: 'size(#o) = :o' },
      'Invalid operator used in KeyConditionExpression: size',
    ],
    [
      'a nested path',
      { KeyConditionExpression: '#o.a = :o' },
      'Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes',
    ],
    [
      'another type',
      { KeyConditionExpression: '#o = :o AND line = :o' },
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    ],
    [
      'begins_with on a number',
      { KeyConditionExpression: '#o = :o AND begins_with(line, :o)' },
      'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
    [
      'an empty key',
      { ExpressionAttributeValues: { ':o': { S: '' } } },
      'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: order',
    ],
    [
      'a filter on the key',
      { FilterExpression: 'attribute_exists(even) AND line > size(even)' },
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: line',
    ],
    [
      'a start in another partition',
      { ExclusiveStartKey: { order: { S: 'x' }, line: { N: '1' } } },
      'The provided starting key is outside query boundaries based on provided conditions',
    ],
    [
      'a start that is not a key',
      { ExclusiveStartKey: { order: { S: 'o' } } },
      'The provided starting key is invalid: The provided key element does not match the schema',
    ],
    [
      'a limit of 0',
      { Limit: 0 },
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'SPECIFIC_ATTRIBUTES without any',
      { Select: 'SPECIFIC_ATTRIBUTES' },
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    ],
    [
      'COUNT with attributes',
      { Select: 'COUNT', ProjectionExpression: 'even' },
      'Cannot specify the ProjectionExpression when choosing to get only the Count',
    ],
    [
      'ALL_ATTRIBUTES with some',
      { Select: 'ALL_ATTRIBUTES', ProjectionExpression: 'even' },
      'Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES',
    ],
    [
      'ALL_PROJECTED_ATTRIBUTES',
      { Select: 'ALL_PROJECTED_ATTRIBUTES' },
      'ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    ],
  ];
  for (const [name, change, message] of refused) {
    it(`rejects ${name}`, () => {
      const input = { ...query('', {}), ...change };
      assert.equal(numbered().refusal('Query', input), `ValidationException: ${message}`);
    });
  }
});
