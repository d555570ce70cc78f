import assert from 'node:assert/strict';
import { Service, table } from '../fixture';
import type { Wire } from '../fixture';

const invalid = (rest: string): string =>
  `ValidationException: One or more parameter values were invalid: ${rest}`;

const keys = (hash: string, range?: string): Wire[] => [
  { AttributeName: hash, KeyType: 'HASH' },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' }]),
];

const index = (IndexName: string, KeySchema: Wire[], Projection: Wire = { ProjectionType: 'ALL' }): Wire => ({
  IndexName,
  KeySchema,
  Projection,
});

const definitions = (names: Record<string, string>): Wire[] =>
  Object.entries(names).map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));

const ORDERS = {
  ...table('orders', [
    ['customer', 'S'],
    ['number', 'N'],
  ]),
  AttributeDefinitions: definitions({ customer: 'S', number: 'N', state: 'S', day: 'S' }),
  LocalSecondaryIndexes: [index('by-day', keys('customer', 'day'), { ProjectionType: 'KEYS_ONLY' })],
  GlobalSecondaryIndexes: [
    index('by-state', keys('state', 'day'), { ProjectionType: 'INCLUDE', NonKeyAttributes: ['total'] }),
    index('all-by-state', keys('state')),
  ],
};

const order = (customer: string, number: number, more: Wire = {}): Wire => ({
  customer: { S: customer },
  number: { N: String(number) },
  ...more,
});

const placed = (state: string, day: string): Wire => ({ state: { S: state }, day: { S: day } });

/** Orders, some of them without the indexes' key attributes. */
function shop(): Service {
  const service = new Service();
  service.call('CreateTable', ORDERS);
  for (const Item of [
    order('ann', 1, { ...placed('open', 'monday'), total: { N: '5' }, note: { S: 'n' } }),
    order('ann', 2, { ...placed('paid', 'friday'), total: { N: '6' } }),
    order('ben', 1, { ...placed('open', 'monday'), total: { N: '7' } }),
    order('ben', 2, { ...placed('open', 'friday') }),
    order('cat', 1, { state: { S: 'open' } }),
    order('cat', 2),
  ]) {
    service.call('PutItem', { TableName: 'orders', Item });
  }
  return service;
}

const named = (items: { customer: { S: string }; number: { N: string } }[]): string[] =>
  items.map(({ customer, number }) => `${customer.S}${number.N}`);

const byState = (IndexName: string, more: Wire = {}): Wire => ({
  TableName: 'orders',
  IndexName,
  KeyConditionExpression: '#s = :s',
  ExpressionAttributeNames: { '#s': 'state' },
  ExpressionAttributeValues: { ':s': { S: 'open' } },
  ...more,
});

describe('simulator: secondary indexes', () => {
  it('are described with their tables', () => {
    const { Table } = shop().call('DescribeTable', { TableName: 'orders' });
    const [local] = Table.LocalSecondaryIndexes;
    assert.deepEqual(local, {
      ...ORDERS.LocalSecondaryIndexes[0],
      IndexSizeBytes: local.IndexSizeBytes,
      ItemCount: 4,
      IndexArn: `${Table.TableArn}/index/by-day`,
    });
    const found = Table.GlobalSecondaryIndexes.map((each: Wire) => [
      each.IndexName,
      each.IndexStatus,
      each.ItemCount,
      each.ProvisionedThroughput,
    ]);
    const none = { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 };
    assert.deepEqual(found, [
      ['by-state', 'ACTIVE', 4, none],
      ['all-by-state', 'ACTIVE', 5, none],
    ]);
  });

  it('answer a Query in their order, with projected attributes', () => {
    const service = shop();
    const { Items, Count } = service.call('Query', byState('by-state'));
    assert.deepEqual(
      [named(Items).slice(0, 1), named(Items).slice(1).sort(), Count],
      [['ben2'], ['ann1', 'ben1'], 3],
    );
    const ann = Items.find((each: Wire) => (each.customer as Wire).S === 'ann');
    assert.deepEqual(ann, order('ann', 1, { ...placed('open', 'monday'), total: { N: '5' } }));
    const monday = service.call('Query', {
      ...byState('by-state'),
      KeyConditionExpression: '#s = :s AND begins_with(#d, :d)',
      FilterExpression: 'customer = :c',
      ExpressionAttributeNames: { '#s': 'state', '#d': 'day' },
      ExpressionAttributeValues: { ':s': { S: 'open' }, ':d': { S: 'mon' }, ':c': { S: 'ben' } },
    });
    assert.deepEqual([named(monday.Items), monday.ScannedCount], [['ben1'], 2]);
    const backward = service.call('Query', byState('by-state', { ScanIndexForward: false }));
    assert.deepEqual(named(backward.Items), named(Items).toReversed());
  });

  it('are read page by page, even if many items have the same key', () => {
    const service = shop();
    for (const operation of ['Query', 'Scan']) {
      for (const IndexName of ['by-state', 'all-by-state']) {
        const whole: Wire = operation === 'Query' ? byState(IndexName) : { TableName: 'orders', IndexName };
        const all = named(service.call(operation, whole).Items);
        const pages: string[] = [];
        let start: unknown;
        do {
          const page = service.call(operation, {
            ...whole,
            Limit: 1,
            ...(start ? { ExclusiveStartKey: start } : {}),
          });
          pages.push(...named(page.Items));
          start = page.LastEvaluatedKey;
        } while (start);
        assert.deepEqual(pages, all, `${operation} of ${IndexName}`);
      }
    }
  });

  it('follow puts, updates and deletes', () => {
    const service = shop();
    const open = (): string[] => named(service.call('Query', byState('all-by-state')).Items).sort();
    const key = (customer: string, number: number): Wire => ({
      TableName: 'orders',
      Key: order(customer, number),
    });
    service.call('UpdateItem', {
      ...key('ann', 1),
      UpdateExpression: 'SET #s = :s',
      ExpressionAttributeNames: { '#s': 'state' },
      ExpressionAttributeValues: { ':s': { S: 'paid' } },
    });
    service.call('DeleteItem', key('ben', 1));
    service.call('PutItem', { TableName: 'orders', Item: order('cat', 2, placed('open', 'sunday')) });
    service.call('UpdateItem', {
      ...key('cat', 1),
      UpdateExpression: 'REMOVE #s',
      ExpressionAttributeNames: { '#s': 'state' },
    });
    assert.deepEqual(open(), ['ben2', 'cat2']);
  });

  it('local: can be read consistently, and fetch attributes that they do not project from the table', () => {
    const service = shop();
    const query = (more: Wire): Wire[] =>
      service.call('Query', {
        TableName: 'orders',
        IndexName: 'by-day',
        KeyConditionExpression: 'customer = :c',
        ExpressionAttributeValues: { ':c': { S: 'ann' } },
        ConsistentRead: true,
        ...more,
      }).Items;
    const day = (name: string): Wire => ({ day: { S: name } });
    assert.deepEqual(query({}), [order('ann', 2, day('friday')), order('ann', 1, day('monday'))]);
    assert.deepEqual(query({ ProjectionExpression: 'note' }), [{}, { note: { S: 'n' } }]);
    assert.equal(Object.keys(query({ Select: 'ALL_ATTRIBUTES' })[1] as Wire).length, 6);
  });

  it('are created and dropped by UpdateTable', () => {
    const service = shop();
    const update = (GlobalSecondaryIndexUpdates: Wire[], more: Wire = {}): Wire =>
      service.call('UpdateTable', { TableName: 'orders', GlobalSecondaryIndexUpdates, ...more });
    // Items whose values cannot be the new index's key are left out.
    service.call('PutItem', { TableName: 'orders', Item: order('dot', 1, { note: { N: '1' } }) });
    update([{ Create: index('by-note', keys('note')) }], {
      AttributeDefinitions: definitions({ note: 'S' }),
    });
    const scan = { TableName: 'orders', IndexName: 'by-note' };
    assert.deepEqual(named(service.call('Scan', scan).Items), ['ann1']);
    service.call('PutItem', { TableName: 'orders', Item: order('eve', 1, { note: { S: 'x' } }) });
    assert.deepEqual(named(service.call('Scan', scan).Items).sort(), ['ann1', 'eve1']);
    update([{ Delete: { IndexName: 'by-note' } }]);
    assert.match(service.refusal('Scan', scan), /does not have the specified index: by-note$/);
    const { AttributeDefinitions } = service.call('DescribeTable', { TableName: 'orders' }).Table;
    assert.deepEqual(AttributeDefinitions, ORDERS.AttributeDefinitions);
    for (const [change, message] of [
      [{ Delete: { IndexName: 'none' } }, /^ResourceNotFoundException/],
      [{ Create: index('by-day-alone', keys('day')) }, /Keys: \[day\], AttributeDefinitions: \[\]$/],
    ] as const) {
      const updates = { TableName: 'orders', GlobalSecondaryIndexUpdates: [change] };
      assert.match(service.refusal('UpdateTable', updates), message);
    }
    assert.match(
      service.refusal('UpdateTable', {
        TableName: 'orders',
        AttributeDefinitions: definitions({ day: 'S' }),
        GlobalSecondaryIndexUpdates: [{ Create: index('by-day', keys('day')) }],
      }),
      /already exists: by-day$/,
    );
  });

  it('have throughput as long as their table does', () => {
    const service = new Service();
    const ProvisionedThroughput = { ReadCapacityUnits: 2, WriteCapacityUnits: 1 };
    service.call('CreateTable', {
      ...ORDERS,
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput,
      AttributeDefinitions: definitions({ customer: 'S', number: 'N', state: 'S' }),
      LocalSecondaryIndexes: undefined,
      GlobalSecondaryIndexes: [{ ...index('one', keys('state')), ProvisionedThroughput }],
    });
    const units = (change: Wire): number[] => {
      service.call('UpdateTable', { TableName: 'orders', ...change });
      const { Table } = service.call('DescribeTable', { TableName: 'orders' });
      return Table.GlobalSecondaryIndexes.map(
        (each: { ProvisionedThroughput: { ReadCapacityUnits: number } }) =>
          each.ProvisionedThroughput.ReadCapacityUnits,
      );
    };
    const more = { ReadCapacityUnits: 3, WriteCapacityUnits: 1 };
    const Update = { IndexName: 'one', ProvisionedThroughput: more };
    assert.deepEqual(units({ GlobalSecondaryIndexUpdates: [{ Update }] }), [3]);
    assert.deepEqual(units({ BillingMode: 'PAY_PER_REQUEST' }), [0]);
    const back = { TableName: 'orders', BillingMode: 'PROVISIONED', ProvisionedThroughput };
    assert.equal(
      service.refusal('UpdateTable', back),
      invalid('ProvisionedThroughput is not specified for index: one'),
    );
    assert.deepEqual(units({ ...back, GlobalSecondaryIndexUpdates: [{ Update }] }), [3]);
  });

  it('count capacity per index on request', () => {
    const { ConsumedCapacity } = shop().call(
      'Query',
      byState('by-state', { ReturnConsumedCapacity: 'INDEXES' }),
    );
    assert.deepEqual(ConsumedCapacity, {
      TableName: 'orders',
      CapacityUnits: 0.5,
      Table: { CapacityUnits: 0 },
      GlobalSecondaryIndexes: { 'by-state': { CapacityUnits: 0.5 } },
    });
  });

  it('count capacity for what a write changes in them', () => {
    const service = shop();
    const indexesOf = (operation: string, input: Wire): string[] => {
      const { GlobalSecondaryIndexes = {}, LocalSecondaryIndexes = {} } = service.call(operation, {
        TableName: 'orders',
        ReturnConsumedCapacity: 'INDEXES',
        ...input,
      }).ConsumedCapacity;
      return [
        ...Object.keys(GlobalSecondaryIndexes as object),
        ...Object.keys(LocalSecondaryIndexes as object),
      ];
    };
    const set = { Key: order('ann', 1), UpdateExpression: 'SET note = :n' };
    assert.deepEqual(indexesOf('PutItem', { Item: order('eve', 1) }), []);
    assert.deepEqual(indexesOf('UpdateItem', { ...set, ExpressionAttributeValues: { ':n': { S: 'x' } } }), [
      'all-by-state',
    ]);
    assert.deepEqual(indexesOf('DeleteItem', { Key: order('ann', 1) }), [
      'by-state',
      'all-by-state',
      'by-day',
    ]);
  });

  it('local: writes return item collection metrics', () => {
    const metrics = { ItemCollectionKey: { customer: { S: 'ann' } }, SizeEstimateRangeGB: [0, 1] };
    const service = shop();
    const ReturnItemCollectionMetrics = 'SIZE';
    const put = { TableName: 'orders', Item: order('ann', 3) };
    assert.deepEqual(
      service.call('PutItem', { ...put, ReturnItemCollectionMetrics }).ItemCollectionMetrics,
      metrics,
    );
    const TransactItems = [{ Put: put }];
    assert.deepEqual(
      service.call('TransactWriteItems', { TransactItems, ReturnItemCollectionMetrics })
        .ItemCollectionMetrics,
      { orders: [metrics] },
    );
    assert.deepEqual(
      service.call('BatchWriteItem', {
        RequestItems: { orders: [{ PutRequest: { Item: order('ann', 4) } }] },
        ReturnItemCollectionMetrics,
      }).ItemCollectionMetrics,
      { orders: [metrics] },
    );
  });

  const wrongKey = 'Type mismatch for Index Key day Expected: S Actual: N IndexName: by-day';
  const empty =
    'ValidationException: One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
    'The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by-day, IndexKey: day';
  const refusedWrites: [string, string, Wire, string][] = [
    ['a key of another type', 'PutItem', { Item: order('ann', 9, { day: { N: '1' } }) }, invalid(wrongKey)],
    ['an empty key', 'PutItem', { Item: order('ann', 9, { day: { S: '' } }) }, empty],
    [
      'an update to another type',
      'UpdateItem',
      {
        Key: order('ann', 9),
        UpdateExpression: 'SET #d = :d',
        ExpressionAttributeNames: { '#d': 'day' },
        ExpressionAttributeValues: { ':d': { N: '1' } },
      },
      invalid(wrongKey),
    ],
  ];
  for (const [name, operation, input, message] of refusedWrites) {
    it(`reject ${name}`, () => {
      assert.equal(shop().refusal(operation, { TableName: 'orders', ...input }), message);
    });
  }

  const refusedReads: [string, Wire, string][] = [
    [
      'a missing index',
      byState('none'),
      'ValidationException: The table does not have the specified index: none',
    ],
    [
      'a consistent read',
      byState('by-state', { ConsistentRead: true }),
      'ValidationException: Consistent reads are not supported on global secondary indexes',
    ],
    [
      'all attributes if they are not projected',
      byState('by-state', { Select: 'ALL_ATTRIBUTES' }),
      invalid(
        'Select type ALL_ATTRIBUTES is not supported for global secondary index by-state because its projection type is not ALL',
      ),
    ],
    [
      'an attribute that is not projected',
      byState('by-state', { ProjectionExpression: 'note' }),
      invalid('Global secondary index by-state does not project [note]'),
    ],
    [
      'a key to start from that the condition excludes',
      {
        ...byState('by-state'),
        KeyConditionExpression: '#s = :s AND #d = :d',
        ExpressionAttributeNames: { '#s': 'state', '#d': 'day' },
        ExpressionAttributeValues: { ':s': { S: 'open' }, ':d': { S: 'monday' } },
        ExclusiveStartKey: order('ann', 1, placed('open', 'friday')),
      },
      'ValidationException: The provided starting key is outside query boundaries based on provided conditions',
    ],
    [
      'a key of the table alone to start from',
      byState('by-state', { ExclusiveStartKey: order('ann', 1) }),
      'ValidationException: The provided starting key is invalid: The provided key element does not match the schema',
    ],
  ];
  for (const [name, input, message] of refusedReads) {
    it(`reject ${name}`, () => {
      assert.equal(shop().refusal('Query', input), message);
    });
  }

  const defined = (names: Record<string, string>, more: Wire): Wire => ({
    ...ORDERS,
    TableName: 'others',
    LocalSecondaryIndexes: undefined,
    GlobalSecondaryIndexes: undefined,
    AttributeDefinitions: definitions({ customer: 'S', number: 'N', ...names }),
    ...more,
  });
  const refusedDefinitions: [string, Wire, string][] = [
    [
      'no index',
      defined({}, { GlobalSecondaryIndexes: [] }),
      invalid('List of GlobalSecondaryIndexes is empty'),
    ],
    [
      'a key that is not defined',
      defined({}, { GlobalSecondaryIndexes: [index('one', keys('state'))] }),
      invalid(
        'Some index key attributes are not defined in AttributeDefinitions. Keys: [state], AttributeDefinitions: [customer, number]',
      ),
    ],
    [
      'a definition that nothing uses',
      defined({ state: 'S', day: 'S' }, { GlobalSecondaryIndexes: [index('one', keys('state'))] }),
      invalid(
        'Some AttributeDefinitions are not used. AttributeDefinitions: [customer, number, state, day], keys used: [customer, number, state]',
      ),
    ],
    [
      'one name twice',
      defined(
        { state: 'S', day: 'S' },
        {
          GlobalSecondaryIndexes: [index('one', keys('state'))],
          LocalSecondaryIndexes: [index('one', keys('customer', 'day'))],
        },
      ),
      invalid('Duplicate index name: one'),
    ],
    [
      'a local index by another partition key',
      defined({ state: 'S' }, { LocalSecondaryIndexes: [index('one', keys('number', 'state'))] }),
      invalid(
        'Index KeySchema does not have the same leading hash key as table KeySchema for index: one. index hash key: number, table hash key: customer',
      ),
    ],
    [
      'a projection without names',
      defined(
        { state: 'S' },
        { GlobalSecondaryIndexes: [index('one', keys('state'), { ProjectionType: 'INCLUDE' })] },
      ),
      invalid('ProjectionType is INCLUDE, but NonKeyAttributes is not specified'),
    ],
    [
      'throughput on demand',
      defined(
        { state: 'S' },
        {
          GlobalSecondaryIndexes: [
            {
              ...index('one', keys('state')),
              ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
            },
          ],
        },
      ),
      invalid(
        'ProvisionedThroughput should not be specified for index: one when BillingMode is PAY_PER_REQUEST',
      ),
    ],
    [
      'what the simulator lacks',
      defined(
        { state: 'S' },
        { GlobalSecondaryIndexes: [{ ...index('one', keys('state')), OnDemandThroughput: {} }] },
      ),
      'NotSimulatedException: The simulator does not support the parameter OnDemandThroughput of an index',
    ],
    [
      'keys of more attributes, as one that the simulator lacks',
      defined(
        { state: 'S', day: 'S', note: 'S' },
        {
          GlobalSecondaryIndexes: [
            index('one', [...keys('state', 'day'), { AttributeName: 'note', KeyType: 'RANGE' }]),
          ],
        },
      ),
      'NotSimulatedException: The simulator does not support index keys with several attributes in one part (one)',
    ],
  ];
  for (const [name, input, message] of refusedDefinitions) {
    it(`reject in a definition: ${name}`, () => {
      assert.equal(new Service().refusal('CreateTable', input), message);
    });
  }
});
