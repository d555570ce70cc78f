import assert from 'node:assert/strict';
import { Service, failure, plain } from '../fixture';
import type { Wire } from '../fixture';

const key = (id: string): Wire => ({ TableName: 'items', Key: { id: { S: id } } });
const put = (id: string, more: Wire = {}): Wire => ({
  Put: { TableName: 'items', Item: { id: { S: id } }, ...more },
});
const add = (id: string, n: string): Wire => ({
  Update: { ...key(id), UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': { N: n } } },
});

describe('simulator: transactions', () => {
  it('write everything and report each item', () => {
    const service = new Service();
    for (const id of ['gone', 'counter', 'guard']) service.put({ id: { S: id }, n: { N: '1' } });
    const answer = service.call('TransactWriteItems', {
      TransactItems: [
        put('new', { ConditionExpression: 'attribute_not_exists(id)' }),
        { Delete: key('gone') },
        add('counter', '2'),
        { ConditionCheck: { ...key('guard'), ConditionExpression: 'attribute_exists(n)' } },
        { Put: { TableName: 'lines', Item: { order: { S: 'o' }, line: { S: 'l' } } } },
      ],
    });
    assert.deepEqual(answer, {});
    assert.deepEqual(
      plain(service.changes.slice(3).map(({ oldImage, newImage }) => [oldImage ?? null, newImage ?? null])),
      [
        [null, { id: { S: 'new' } }],
        [{ id: { S: 'gone' }, n: { N: '1' } }, null],
        [
          { id: { S: 'counter' }, n: { N: '1' } },
          { id: { S: 'counter' }, n: { N: '3' } },
        ],
        [null, { order: { S: 'o' }, line: { S: 'l' } }],
      ],
    );
  });

  it('write nothing if one part fails, and return each part’s reason', () => {
    const service = new Service();
    service.put({ id: { S: 'text' }, n: { S: 'x' } });
    const error = failure(() =>
      service.call('TransactWriteItems', {
        TransactItems: [
          put('new'),
          put('text', {
            ConditionExpression: 'attribute_not_exists(id)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
          { ConditionCheck: { ...key('nobody'), ConditionExpression: 'attribute_exists(id)' } },
        ],
      }),
    );
    assert.equal(error?.type, 'TransactionCanceledException');
    assert.equal(
      error.message,
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]',
    );
    const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
    assert.deepEqual(plain(error.members), {
      CancellationReasons: [
        { Code: 'None' },
        { ...failed, Item: { id: { S: 'text' }, n: { S: 'x' } } },
        failed,
      ],
    });
    assert.equal(service.changes.length, 1);
    const invalid = failure(() =>
      service.call('TransactWriteItems', { TransactItems: [put('new'), add('text', '1')] }),
    );
    assert.deepEqual(invalid?.members.CancellationReasons, [
      { Code: 'None' },
      { Code: 'ValidationError', Message: 'An operand in the update expression has an incorrect data type' },
    ]);
    assert.equal(service.changes.length, 1);
  });

  it('report the first invalid key before any condition is evaluated', () => {
    const service = new Service();
    const wrong: Wire[] = [
      { Put: { TableName: 'items', Item: { id: { N: '1' } } } },
      { Put: { TableName: 'items', Item: { n: { N: '1' } } } },
      { Put: { TableName: 'items', Item: { id: { S: 'x'.repeat(2049) } } } },
      { Delete: { TableName: 'items', Key: { id: { N: '1' } } } },
      {
        Update: { TableName: 'items', Key: { id: { S: 'a' }, n: { N: '1' } }, UpdateExpression: 'REMOVE a' },
      },
    ];
    for (const member of wrong) {
      const error = failure(() =>
        service.call('TransactWriteItems', {
          TransactItems: [put('new', { ConditionExpression: 'attribute_exists(id)' }), member, wrong[0]],
        }),
      );
      assert.equal(error?.type, 'TransactionCanceledException');
      const reasons = error.members.CancellationReasons as { Code: string; Message?: string }[];
      assert.deepEqual(
        reasons.map(({ Code }) => Code),
        ['None', 'ValidationError', 'None'],
      );
      assert.match(reasons[1]?.Message ?? '', /key|Key/);
    }
    assert.equal(service.changes.length, 0);
  });

  it('are rejected as a whole for an empty key', () => {
    const service = new Service();
    for (const [table, keys] of [
      ['items', { id: { S: '' } }],
      ['lines', { order: { S: 'o' }, line: { S: '' } }],
    ] as const) {
      for (const member of [
        { Put: { TableName: table, Item: keys } },
        { Delete: { TableName: table, Key: keys } },
        { ConditionCheck: { TableName: table, Key: keys, ConditionExpression: 'attribute_exists(a)' } },
        { Update: { TableName: table, Key: keys, UpdateExpression: 'REMOVE a' } },
      ]) {
        assert.match(
          service.refusal('TransactWriteItems', { TransactItems: [put('new'), member] }),
          /^ValidationException: One or more parameter values are not valid.*empty string value. Key: (id|line)$/,
        );
      }
    }
    assert.equal(service.changes.length, 0);
  });

  it('count sent bytes, not stored ones', () => {
    const service = new Service();
    const large = { S: 'x'.repeat(400_000) };
    const ids = Array.from({ length: 12 }, (_, i) => String(i));
    for (const id of ids) service.put({ id: { S: id }, large });
    const adds = ids.map((id) => add(id, '1'));
    assert.equal(service.refusal('TransactWriteItems', { TransactItems: adds }), 'no error');
    const puts = ids.map((id) => ({ Put: { TableName: 'items', Item: { id: { S: id }, large } } }));
    assert.equal(service.refusal('TransactWriteItems', { TransactItems: puts.slice(0, 10) }), 'no error');
    const sets = ids.map((id) => ({
      Update: { ...key(id), UpdateExpression: 'SET big = :l', ExpressionAttributeValues: { ':l': large } },
    }));
    for (const tooMuch of [puts, sets]) {
      assert.equal(
        service.refusal('TransactWriteItems', { TransactItems: tooMuch }),
        'ValidationException: Transaction payload size cannot exceed 4 MB',
      );
    }
  });

  it('are executed once per token, for ten minutes', () => {
    const service = new Service();
    const write = (n: string): string =>
      service.refusal('TransactWriteItems', {
        TransactItems: [add('counter', n)],
        ClientRequestToken: 'token',
      });
    assert.equal(write('1'), 'no error');
    assert.equal(write('1'), 'no error');
    assert.deepEqual(service.get('counter')?.n, { N: '1' });
    assert.match(write('2'), /^IdempotentParameterMismatchException: /);
    service.clock.advance(10 * 60_000);
    assert.equal(write('2'), 'no error');
    assert.deepEqual(service.get('counter')?.n, { N: '3' });
  });

  it('do not remember the token of a failed transaction', () => {
    const service = new Service();
    const input = {
      TransactItems: [put('a', { ConditionExpression: 'attribute_exists(id)' })],
      ClientRequestToken: 'token',
    };
    assert.match(service.refusal('TransactWriteItems', input), /^TransactionCanceledException/);
    service.put({ id: { S: 'a' }, v: { S: 'x' } });
    assert.equal(service.refusal('TransactWriteItems', input), 'no error');
    assert.deepEqual(service.get('a'), { id: { S: 'a' } });
  });

  const refused: [string, unknown[], RegExp][] = [
    [
      'one item twice',
      [put('a'), { Delete: key('a') }],
      /^ValidationException: Transaction request cannot include multiple operations on one item$/,
    ],
    [
      '101 items',
      Array.from({ length: 101 }, (_, i) => put(`k${i}`)),
      /^ValidationException: .*less than or equal to 100$/,
    ],
    ['no item', [], /^ValidationException: .*greater than or equal to 1$/],
    [
      'two writes in one',
      [{ ...put('a'), Delete: key('b') }],
      /^ValidationException: TransactItems can only contain one of Check, Put, Update or Delete$/,
    ],
    ['nothing in one', [{}], /^ValidationException: TransactItems can only contain one of/],
    [
      'a check of nothing',
      [{ ConditionCheck: key('a') }],
      /'conditionExpression' failed to satisfy constraint: Member must not be null$/,
    ],
    [
      'an unknown table',
      [put('a'), { Delete: { ...key('b'), TableName: 'nowhere' } }],
      /^ResourceNotFoundException: /,
    ],
    [
      'more than 4 MB',
      Array.from({ length: 11 }, (_, i) => ({
        Put: { TableName: 'items', Item: { id: { S: `k${i}` }, v: { S: 'x'.repeat(400_000) } } },
      })),
      /^ValidationException: .* 4 MB$/,
    ],
    [
      'an expression that cannot be read',
      [{ Update: { ...key('a'), UpdateExpression: 'SET' } }],
      /^ValidationException: Invalid UpdateExpression: Syntax error/,
    ],
    [
      'a key update',
      [{ Update: { ...key('a'), UpdateExpression: 'REMOVE id' } }],
      /Cannot update attribute id/,
    ],
  ];
  for (const [name, TransactItems, message] of refused) {
    it(`reject ${name}`, () => {
      const service = new Service();
      assert.match(service.refusal('TransactWriteItems', { TransactItems }), message);
      assert.equal(service.changes.length, 0);
    });
  }

  it('read several items', () => {
    const service = new Service();
    service.put({ id: { S: 'a' }, v: { S: 'x' } });
    assert.deepEqual(
      service.call('TransactGetItems', {
        TransactItems: [{ Get: { ...key('a'), ProjectionExpression: 'v' } }, { Get: key('b') }],
        ReturnConsumedCapacity: 'TOTAL',
      }),
      {
        Responses: [{ Item: { v: { S: 'x' } } }, {}],
        ConsumedCapacity: [{ TableName: 'items', CapacityUnits: 4 }],
      },
    );
  });
});
