import assert from 'node:assert/strict';
import { Service, failure, plain } from '../fixture';
import type { Wire } from '../fixture';

describe('simulator: writes of one item', () => {
  it('report each change with its images', () => {
    const service = new Service();
    const tableId = service.tables.get('items')?.id;
    const about = { tableName: 'items', tableId, keys: { id: { S: 'a' } } };
    const at = service.clock.now();
    service.put({ id: { S: 'a' }, v: { N: '1' } });
    service.clock.advance(1000);
    service.put({ id: { S: 'a' }, w: { N: '2' } });
    service.clock.advance(1000);
    service.update('SET v = :v', { ':v': { N: '3' } });
    service.call('DeleteItem', { TableName: 'items', Key: { id: { S: 'a' } } });
    const [one, two, three] = [
      { id: { S: 'a' }, v: { N: '1' } },
      { id: { S: 'a' }, w: { N: '2' } },
      { id: { S: 'a' }, w: { N: '2' }, v: { N: '3' } },
    ];
    assert.deepEqual(plain(service.changes), [
      { ...about, newImage: one, at },
      { ...about, oldImage: one, newImage: two, at: at + 1000 },
      { ...about, oldImage: two, newImage: three, at: at + 2000 },
      { ...about, oldImage: three, at: at + 2000 },
    ]);
  });

  it('create a missing item with an update', () => {
    const service = new Service();
    service.update('ADD hits :one', { ':one': { N: '1' } }, undefined, 'new');
    assert.deepEqual(plain(service.changes.map(({ oldImage, newImage }) => [oldImage ?? null, newImage])), [
      [null, { id: { S: 'new' }, hits: { N: '1' } }],
    ]);
  });

  const idle: [string, (service: Service) => void][] = [
    [
      'a put of an equal item',
      (service) =>
        service.put({
          set: { NS: ['3', '2.0', '1E0'] },
          n: { N: '1.0' },
          doc: { M: { b: { L: [] }, a: { S: '' } } },
          id: { S: 'a' },
        }),
    ],
    [
      'an update to the same',
      (service) =>
        void service.update(
          'SET n = :n, #s = :s',
          { ':n': { N: '10e-1' }, ':s': { NS: ['2', '3', '1'] } },
          { '#s': 'set' },
        ),
    ],
    ['an update of nothing', (service) => void service.update('REMOVE nothing')],
    [
      'an update without expression',
      (service) => service.call('UpdateItem', { TableName: 'items', Key: { id: { S: 'a' } } }),
    ],
    [
      'a delete of what is not there',
      (service) => service.call('DeleteItem', { TableName: 'items', Key: { id: { S: 'b' } } }),
    ],
  ];
  for (const [name, write] of idle) {
    it(`do not report ${name}`, () => {
      const service = new Service();
      service.put({
        id: { S: 'a' },
        n: { N: '1' },
        set: { NS: ['1', '2', '3'] },
        doc: { M: { a: { S: '' }, b: { L: [] } } },
      });
      write(service);
      assert.equal(service.changes.length, 1);
    });
  }

  const different: [string, unknown, unknown][] = [
    ['a string and binary', { S: 'AA==' }, { B: 'AA==' }],
    ['a string and a number', { S: '1' }, { N: '1' }],
    ['a list in another order', { L: [{ N: '1' }, { N: '2' }] }, { L: [{ N: '2' }, { N: '1' }] }],
    ['a list and a set', { L: [{ S: 'a' }] }, { SS: ['a'] }],
    ['sets of other types', { SS: ['1'] }, { NS: ['1'] }],
    ['a smaller set', { SS: ['1', '2'] }, { SS: ['1'] }],
    ['a longer list', { L: [] }, { L: [{ NULL: true }] }],
    ['maps with other names', { M: { a: { S: '' } } }, { M: { b: { S: '' } } }],
    ['true and false', { BOOL: true }, { BOOL: false }],
    ['null and an empty map', { NULL: true }, { M: {} }],
    ['null and nothing', { NULL: true }, undefined],
  ];
  for (const [name, one, other] of different) {
    it(`distinguish ${name}`, () => {
      const service = new Service();
      for (const v of [one, other, one]) service.put({ id: { S: 'a' }, ...(v === undefined ? {} : { v }) });
      assert.equal(service.changes.length, 3);
    });
  }

  it('share unchanged parts between images without modifying them', () => {
    const service = new Service();
    service.put({ id: { S: 'a' }, big: { M: { inner: { L: [{ S: 'x' }] } } }, n: { N: '1' } });
    const first = service.changes[0]?.newImage;
    service.update('ADD n :one', { ':one': { N: '1' } });
    const second = service.changes[1];
    assert.equal(second?.oldImage, first);
    assert.equal(second?.newImage?.big, first?.big);
    assert.deepEqual(plain(first?.n), { N: '1' });
  });

  it('return the old item on request', () => {
    const service = new Service();
    const put = (v: string): unknown =>
      service.call('PutItem', {
        TableName: 'items',
        Item: { id: { S: 'a' }, v: { S: v } },
        ReturnValues: 'ALL_OLD',
      });
    const remove = (): unknown =>
      service.call('DeleteItem', { TableName: 'items', Key: { id: { S: 'a' } }, ReturnValues: 'ALL_OLD' });
    assert.deepEqual(put('1'), {});
    assert.deepEqual(put('2'), { Attributes: { id: { S: 'a' }, v: { S: '1' } } });
    assert.deepEqual(remove(), { Attributes: { id: { S: 'a' }, v: { S: '2' } } });
    assert.deepEqual(remove(), {});
    for (const operation of ['PutItem', 'DeleteItem']) {
      const input = {
        TableName: 'items',
        Item: { id: { S: 'a' } },
        Key: { id: { S: 'a' } },
        ReturnValues: 'ALL_NEW',
      };
      const { Item: _item, ...withKey } = input;
      const { Key: _key, ...withItem } = input;
      assert.equal(
        service.refusal(operation, operation === 'PutItem' ? withItem : withKey),
        'ValidationException: ReturnValues can only be ALL_OLD or NONE',
      );
    }
  });

  describe('with a condition', () => {
    const writes: Record<string, Wire> = {
      PutItem: { Item: { id: { S: 'a' }, v: { N: '2' } } },
      UpdateItem: { Key: { id: { S: 'a' } }, UpdateExpression: 'SET v = :two' },
      DeleteItem: { Key: { id: { S: 'a' } } },
    };
    for (const [operation, write] of Object.entries(writes)) {
      it(`${operation} is executed or returns the reason`, () => {
        const service = new Service();
        service.put({ id: { S: 'a' }, v: { N: '1' } });
        const attempt = (expected: string, more: Wire = {}): ReturnType<typeof failure> =>
          failure(() =>
            service.call(operation, {
              TableName: 'items',
              ...write,
              ConditionExpression: 'v = :v',
              ExpressionAttributeValues: {
                ':v': { N: expected },
                ...(operation === 'UpdateItem' ? { ':two': { N: '2' } } : {}),
              },
              ...more,
            }),
          );
        const refused = attempt('7');
        assert.equal(refused?.type, 'ConditionalCheckFailedException');
        assert.equal(refused.message, 'The conditional request failed');
        assert.deepEqual(refused.members, {});
        const shown = attempt('7', { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
        assert.deepEqual(plain(shown?.members), { Item: { id: { S: 'a' }, v: { N: '1' } } });
        assert.equal(service.changes.length, 1);
        assert.equal(attempt('1.0'), undefined);
        assert.equal(service.changes.length, 2);
      });
    }
  });

  for (const [operation, parameter] of [
    ['PutItem', 'Expected'],
    ['PutItem', 'ConditionalOperator'],
    ['UpdateItem', 'AttributeUpdates'],
    ['GetItem', 'AttributesToGet'],
    ['Query', 'KeyConditions'],
    ['Scan', 'ScanFilter'],
  ] as const) {
    it(`do not support the legacy parameter ${parameter} of ${operation}`, () => {
      assert.equal(
        new Service().refusal(operation, { TableName: 'items', [parameter]: {} }),
        `NotSimulatedException: The simulator does not support the legacy parameter ${parameter} of ${operation}; use expression parameters instead`,
      );
    });
  }

  it('reject parameters that the simulator does not support', () => {
    assert.equal(
      new Service().refusal('Query', { TableName: 'items', Colour: 'red' }),
      'NotSimulatedException: The simulator does not support the parameter Colour of Query',
    );
  });

  it('count capacity on request', () => {
    const service = new Service();
    const consumed = (operation: string, input: Wire): unknown =>
      service.call(operation, { TableName: 'items', ReturnConsumedCapacity: 'TOTAL', ...input })
        .ConsumedCapacity;
    const Key = { id: { S: 'a' } };
    assert.deepEqual(consumed('PutItem', { Item: { ...Key, v: { S: 'x'.repeat(5000) } } }), {
      TableName: 'items',
      CapacityUnits: 5,
    });
    assert.deepEqual(consumed('GetItem', { Key }), { TableName: 'items', CapacityUnits: 1 });
    assert.deepEqual(consumed('GetItem', { Key, ConsistentRead: true, ReturnConsumedCapacity: 'INDEXES' }), {
      TableName: 'items',
      CapacityUnits: 2,
      Table: { CapacityUnits: 2 },
    });
    assert.deepEqual(consumed('DeleteItem', { Key, ReturnConsumedCapacity: 'NONE' }), undefined);
  });
});
