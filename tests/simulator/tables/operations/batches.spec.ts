import assert from 'node:assert/strict';
import { Service } from '../fixture';
import type { Wire } from '../fixture';

const put = (id: string, more: Wire = {}): Wire => ({ PutRequest: { Item: { id: { S: id }, ...more } } });
const remove = (id: string): Wire => ({ DeleteRequest: { Key: { id: { S: id } } } });
const many = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

describe('simulator: batches', () => {
  it('write to several tables and report each change in order', () => {
    const service = new Service();
    service.put({ id: { S: 'gone' } });
    const answer = service.call('BatchWriteItem', {
      RequestItems: {
        items: [put('b'), remove('gone'), put('a'), remove('never')],
        lines: [{ PutRequest: { Item: { order: { S: 'o' }, line: { S: 'l' } } } }],
      },
    });
    assert.deepEqual(answer, { UnprocessedItems: {} });
    assert.deepEqual(
      service.changes.slice(1).map(({ keys, newImage }) => [JSON.stringify(keys), newImage !== undefined]),
      [
        ['{"id":{"S":"b"}}', true],
        ['{"id":{"S":"gone"}}', false],
        ['{"id":{"S":"a"}}', true],
        ['{"order":{"S":"o"},"line":{"S":"l"}}', true],
      ],
    );
  });

  const refused: [string, Wire, string][] = [
    [
      '26 writes',
      { items: many(26, (i) => put(`k${i}`)) },
      "ValidationException: 1 validation error detected: Value '26 requests' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
    ],
    [
      '26 writes over two tables',
      { items: many(25, (i) => put(`k${i}`)), lines: [remove('x')] },
      'ValidationException: Too many items requested for the BatchWriteItem call',
    ],
    [
      'a key twice',
      { items: [put('a'), remove('b'), remove('a')] },
      'ValidationException: Provided list of item keys contains duplicates',
    ],
    [
      'no table',
      {},
      "ValidationException: 1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      'a table without writes',
      { items: [] },
      'ValidationException: The batch write request list for a table cannot be null or empty',
    ],
    [
      'a write of both kinds',
      { items: [{ ...put('a'), ...remove('a') }] },
      'ValidationException: Supplied WriteRequest must contain exactly one of the supported types: PutRequest, DeleteRequest',
    ],
    [
      'an unknown table',
      { items: [put('a')], nowhere: [put('b')] },
      'ResourceNotFoundException: Requested resource not found',
    ],
    [
      'one bad item',
      { items: [put('a'), put('b', { v: { N: 'x' } })] },
      'ValidationException: The parameter cannot be converted to a numeric value: x',
    ],
  ];
  for (const [name, RequestItems, message] of refused) {
    it(`write nothing for ${name}`, () => {
      const service = new Service();
      assert.equal(service.refusal('BatchWriteItem', { RequestItems }), message);
      assert.equal(service.changes.length, 0);
    });
  }

  it('treat numerically equal keys as the same', () => {
    const service = new Service({ id: 'N' });
    const RequestItems = { items: ['1', '1.0'].map((N) => ({ PutRequest: { Item: { id: { N } } } })) };
    assert.match(service.refusal('BatchWriteItem', { RequestItems }), /contains duplicates$/);
  });

  it('return existing items', () => {
    const service = new Service();
    for (const id of ['a', 'b']) service.put({ id: { S: id }, v: { S: id }, w: { S: id } });
    const answer = service.call('BatchGetItem', {
      RequestItems: {
        items: {
          Keys: [{ id: { S: 'b' } }, { id: { S: 'nobody' } }, { id: { S: 'a' } }],
          ProjectionExpression: '#v',
          ExpressionAttributeNames: { '#v': 'v' },
        },
        lines: { Keys: [{ order: { S: 'o' }, line: { S: 'l' } }], ConsistentRead: true },
      },
      ReturnConsumedCapacity: 'TOTAL',
    });
    assert.deepEqual(answer, {
      Responses: { items: [{ v: { S: 'b' } }, { v: { S: 'a' } }], lines: [] },
      UnprocessedKeys: {},
      ConsumedCapacity: [
        { TableName: 'items', CapacityUnits: 1.5 },
        { TableName: 'lines', CapacityUnits: 1 },
      ],
    });
  });

  it('return what exceeds 16 MB as unprocessed', () => {
    const service = new Service();
    const ids = many(50, (i) => `k${i}`);
    for (const id of ids) service.put({ id: { S: id }, v: { S: 'x'.repeat(400_000) } });
    const seen: string[] = [];
    let RequestItems: Wire = {
      items: { Keys: ids.map((id) => ({ id: { S: id } })), ProjectionExpression: 'id' },
    };
    const rounds: number[] = [];
    while (Object.keys(RequestItems).length > 0) {
      const { Responses, UnprocessedKeys } = service.call('BatchGetItem', { RequestItems });
      seen.push(...Responses.items.map((item: { id: { S: string } }) => item.id.S));
      rounds.push(Responses.items.length);
      RequestItems = UnprocessedKeys;
    }
    assert.deepEqual(seen, ids);
    assert.deepEqual(rounds, [41, 9]);
  });

  it('leave some keys unprocessed, never all, if the knob says so', () => {
    const service = new Service({ unprocessedKeys: 0.9 });
    const ids = many(50, (i) => `k${i}`);
    for (const id of ids) service.put({ id: { S: id } });
    const request = { Keys: ids.map((id) => ({ id: { S: id } })), ConsistentRead: true };
    let RequestItems: Wire = { items: request };
    const seen: string[] = [];
    let rounds = 0;
    for (; Object.keys(RequestItems).length > 0; rounds++) {
      const { Responses, UnprocessedKeys } = service.call('BatchGetItem', { RequestItems });
      assert.ok(Responses.items.length > 0);
      seen.push(...Responses.items.map((item: { id: { S: string } }) => item.id.S));
      if (UnprocessedKeys.items) assert.equal(UnprocessedKeys.items.ConsistentRead, true);
      RequestItems = UnprocessedKeys;
    }
    assert.ok(rounds > 5, `${rounds} rounds`);
    assert.deepEqual(seen.sort(), ids.sort());
    assert.equal(service.tables.get('items')?.readUnits, 50);
  });

  it('bill whole items, whatever they return and whether it is asked for', () => {
    const service = new Service();
    service.put({ id: { S: 'large' }, v: { S: 'x'.repeat(9_000) } });
    const units = (): number => service.tables.get('items')?.readUnits ?? NaN;
    const get = (ConsistentRead: boolean, more: Wire = {}): number => {
      const before = units();
      const Keys = [{ id: { S: 'large' } }, { id: { S: 'nobody' } }];
      const items = { Keys, ConsistentRead, ProjectionExpression: 'id' };
      const { ConsumedCapacity } = service.call('BatchGetItem', { RequestItems: { items }, ...more });
      const counted = units() - before;
      if (ConsumedCapacity) assert.equal(ConsumedCapacity[0].CapacityUnits, counted);
      return counted;
    };
    assert.equal(units(), 0);
    assert.equal(get(true), 4);
    assert.equal(get(true, { ReturnConsumedCapacity: 'TOTAL' }), 4);
    assert.equal(get(false), 2);
    service.call('GetItem', { TableName: 'items', Key: { id: { S: 'large' } }, ConsistentRead: true });
    assert.equal(units(), 13);
  });

  it('return at most 100 items, each once', () => {
    const service = new Service();
    const get = (ids: string[]): string =>
      service.refusal('BatchGetItem', {
        RequestItems: { items: { Keys: ids.map((id) => ({ id: { S: id } })) } },
      });
    assert.equal(get(many(100, String)), 'no error');
    assert.equal(
      get(many(101, String)),
      "ValidationException: 1 validation error detected: Value '101 members' at 'requestItems.items.member.keys' failed to satisfy constraint: Member must have length less than or equal to 100",
    );
    assert.equal(get(['a', 'a']), 'ValidationException: Provided list of item keys contains duplicates');
    assert.match(get([]), /Member must have length greater than or equal to 1$/);
  });
});
