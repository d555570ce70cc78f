import assert from 'node:assert/strict';
import { validation } from '../../../../simulator/service-error';
import { Service, table } from '../fixture';
import type { Wire } from '../fixture';

const invalid = (rest: string): string =>
  `ValidationException: One or more parameter values were invalid: ${rest}`;

describe('simulator: tables', () => {
  it('are described as on AWS', () => {
    const service = new Service();
    service.put({ id: { S: 'a' } });
    const { Table } = service.call('DescribeTable', { TableName: 'items' });
    assert.match(Table.TableId, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.deepEqual(Table, {
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      TableName: 'items',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      TableStatus: 'ACTIVE',
      CreationDateTime: service.clock.now() / 1000,
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      TableSizeBytes: 3,
      ItemCount: 1,
      TableArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/items',
      TableId: Table.TableId,
      BillingModeSummary: {
        BillingMode: 'PAY_PER_REQUEST',
        LastUpdateToPayPerRequestDateTime: service.clock.now() / 1000,
      },
      WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4000, Status: 'ACTIVE' },
      DeletionProtectionEnabled: false,
    });
  });

  it('get a new id each time a name is used, determined by the seed', () => {
    const ids = (seed: number): unknown[] => {
      const service = new Service({ seed });
      const first = service.tables.get('items')?.id;
      service.call('DeleteTable', { TableName: 'items' });
      service.create('items', [['id', 'S']]);
      return [first, service.tables.get('items')?.id];
    };
    const [first, second] = ids(1);
    assert.notEqual(first, second);
    assert.deepEqual(ids(1), [first, second]);
    assert.notDeepEqual(ids(2), [first, second]);
  });

  it('are found by ARN too', () => {
    const service = new Service();
    const TableName = 'arn:aws:dynamodb:eu-west-1:123456789012:table/items';
    service.call('PutItem', { TableName, Item: { id: { S: 'a' } } });
    assert.equal(service.call('DescribeTable', { TableName }).Table.ItemCount, 1);
  });

  it('lose all items when deleted', () => {
    const service = new Service();
    service.put({ id: { S: 'a' } });
    const { TableDescription } = service.call('DeleteTable', { TableName: 'items' });
    assert.equal(TableDescription.TableStatus, 'DELETING');
    assert.deepEqual([TableDescription.ItemCount, TableDescription.KeySchema], [1, undefined]);
    assert.equal(service.tables.get('items'), undefined);
    assert.equal(
      service.refusal('DescribeTable', { TableName: 'items' }),
      'ResourceNotFoundException: Requested resource not found: Table: items not found',
    );
    assert.equal(
      service.refusal('GetItem', { TableName: 'items', Key: { id: { S: 'a' } } }),
      'ResourceNotFoundException: Requested resource not found',
    );
    service.create('items', [['id', 'S']]);
    assert.equal(service.get('a'), undefined);
    assert.equal(service.changes.length, 1, 'deleting a table deletes no item');
  });

  it('accept no items while CREATING, and become ACTIVE in time', () => {
    const service = new Service({ creatingMs: 5000 });
    const status = (): string => service.call('DescribeTable', { TableName: 'items' }).Table.TableStatus;
    assert.equal(status(), 'CREATING');
    assert.equal(
      service.refusal('PutItem', { TableName: 'items', Item: { id: { S: 'a' } } }),
      'ResourceNotFoundException: Requested resource not found',
    );
    assert.match(service.refusal('DeleteTable', { TableName: 'items' }), /^ResourceInUseException: /);
    service.clock.advance(5000);
    assert.equal(status(), 'ACTIVE');
    service.put({ id: { S: 'a' } });
  });

  it('keep only their name while DELETING', () => {
    const service = new Service({ deletingMs: 5000 });
    const items = { TableName: 'items' };
    service.call('DeleteTable', items);
    assert.equal(service.call('DescribeTable', items).Table.TableStatus, 'DELETING');
    assert.deepEqual(service.call('ListTables', {}).TableNames, ['items', 'lines']);
    assert.equal(service.tables.get('items'), undefined);
    assert.equal(
      service.refusal('PutItem', { ...items, Item: { id: { S: 'a' } } }),
      'ResourceNotFoundException: Requested resource not found',
    );
    for (const operation of ['DeleteTable', 'UpdateTable']) {
      assert.equal(
        service.refusal(operation, items),
        'ResourceInUseException: Attempt to change a resource which is still in use: Table is being deleted: items',
      );
    }
    const create = table('items', [['id', 'S']]);
    assert.match(service.refusal('CreateTable', create), /^ResourceInUseException: /);
    service.clock.advance(5000);
    assert.match(service.refusal('DescribeTable', items), /^ResourceNotFoundException: /);
    service.call('CreateTable', create);
    assert.deepEqual(service.call('ListTables', {}).TableNames, ['items', 'lines']);
  });

  it('are listed by name in pages', () => {
    const service = new Service();
    service.create('Zoo', [['id', 'S']]);
    assert.deepEqual(service.call('ListTables', {}), { TableNames: ['Zoo', 'items', 'lines'] });
    assert.deepEqual(service.call('ListTables', { Limit: 2 }), {
      TableNames: ['Zoo', 'items'],
      LastEvaluatedTableName: 'items',
    });
    assert.deepEqual(service.call('ListTables', { ExclusiveStartTableName: 'items', Limit: 2 }), {
      TableNames: ['lines'],
    });
  });

  it('change their billing, class and protection', () => {
    const service = new Service();
    const update = (change: Wire): Wire => {
      service.call('UpdateTable', { TableName: 'items', ...change });
      return service.call('DescribeTable', { TableName: 'items' }).Table;
    };
    const provisioned = update({
      BillingMode: 'PROVISIONED',
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 2 },
    });
    assert.equal((provisioned.ProvisionedThroughput as Wire).ReadCapacityUnits, 3);
    assert.equal((provisioned.BillingModeSummary as Wire).BillingMode, 'PROVISIONED');
    const after = update({ TableClass: 'STANDARD_INFREQUENT_ACCESS', DeletionProtectionEnabled: true });
    assert.deepEqual(after.TableClassSummary, { TableClass: 'STANDARD_INFREQUENT_ACCESS' });
    assert.match(
      service.refusal('DeleteTable', { TableName: 'items' }),
      /currently protected against deletion/,
    );
    update({ DeletionProtectionEnabled: false });
    service.call('DeleteTable', { TableName: 'items' });
  });

  it('show encryption and throughput as requested', () => {
    const service = new Service();
    service.create('settled', [['id', 'S']], {
      SSESpecification: { Enabled: true, SSEType: 'KMS' },
      TableClass: 'STANDARD_INFREQUENT_ACCESS',
      DeletionProtectionEnabled: true,
      WarmThroughput: { ReadUnitsPerSecond: 20_000 },
      OnDemandThroughput: { MaxReadRequestUnits: 10, MaxWriteRequestUnits: -1 },
      Tags: [{ Key: 'team', Value: 'shop' }],
    });
    const { Table } = service.call('DescribeTable', { TableName: 'settled' });
    assert.deepEqual(
      [
        Table.SSEDescription,
        Table.TableClassSummary,
        Table.DeletionProtectionEnabled,
        Table.WarmThroughput,
        Table.OnDemandThroughput,
      ],
      [
        {
          Status: 'ENABLED',
          SSEType: 'KMS',
          KMSMasterKeyArn: 'arn:aws:kms:eu-west-1:123456789012:alias/aws/dynamodb',
        },
        { TableClass: 'STANDARD_INFREQUENT_ACCESS' },
        true,
        { ReadUnitsPerSecond: 20_000, WriteUnitsPerSecond: 4000, Status: 'ACTIVE' },
        { MaxReadRequestUnits: 10, MaxWriteRequestUnits: -1 },
      ],
    );
    const warm = (WarmThroughput: Wire): string =>
      service.refusal('UpdateTable', { TableName: 'settled', WarmThroughput });
    assert.equal(warm({ WriteUnitsPerSecond: 5000 }), 'no error');
    assert.deepEqual(service.call('DescribeTable', { TableName: 'settled' }).Table.WarmThroughput, {
      ReadUnitsPerSecond: 20_000,
      WriteUnitsPerSecond: 5000,
      Status: 'ACTIVE',
    });
    assert.match(
      warm({ ReadUnitsPerSecond: 19_999 }),
      /ReadUnitsPerSecond .* lower than current WarmThroughput/,
    );
    const SSESpecification = { Enabled: true, KMSMasterKeyId: 'abc' };
    service.call('UpdateTable', { TableName: 'settled', SSESpecification });
    assert.equal(
      service.call('DescribeTable', { TableName: 'settled' }).Table.SSEDescription.KMSMasterKeyArn,
      'arn:aws:kms:eu-west-1:123456789012:key/abc',
    );
  });

  it('notify the streams, and show what the streams return', () => {
    const service = new Service({ streams: { describe: () => ({ LatestStreamArn: 'arn:stream' }) } });
    const on = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' };
    service.create('streamed', [['id', 'S']], { StreamSpecification: on });
    service.call('UpdateTable', { TableName: 'streamed', StreamSpecification: { StreamEnabled: false } });
    service.call('DeleteTable', { TableName: 'streamed' });
    assert.deepEqual(service.streamCalls.slice(2), [
      ['created', 'streamed', on],
      ['updated', 'streamed', { StreamEnabled: false }],
      ['deleted', 'streamed'],
    ]);
    assert.equal(service.call('DescribeTable', { TableName: 'items' }).Table.LatestStreamArn, 'arn:stream');
  });

  it('are not created or changed if the streams reject it', () => {
    const refuse = (): never => {
      throw validation('no such stream');
    };
    const service = new Service({ streams: { created: (_, wanted) => wanted && refuse(), updated: refuse } });
    const StreamSpecification = { StreamEnabled: true };
    assert.equal(
      service.refusal('CreateTable', { ...table('streamed', [['id', 'S']]), StreamSpecification }),
      'ValidationException: no such stream',
    );
    assert.equal(service.tables.get('streamed'), undefined);
    service.refusal('UpdateTable', {
      TableName: 'items',
      DeletionProtectionEnabled: true,
      StreamSpecification,
    });
    service.call('DeleteTable', { TableName: 'items' });
  });

  const good = table('good', [
    ['a', 'S'],
    ['b', 'N'],
  ]);
  const keySchema = (...keys: [string, string][]): Wire => ({
    KeySchema: keys.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
  });
  const definitions = (...names: string[]): Wire => ({
    AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  });
  const refused: [string, Wire, string][] = [
    ['a name in use', { TableName: 'items' }, 'ResourceInUseException: Table already exists: items'],
    [
      'a short name',
      { TableName: 'ab' },
      'ValidationException: TableName must be at least 3 characters long and at most 255 characters long',
    ],
    [
      'a wrong name',
      { TableName: 'a b c' },
      "ValidationException: 1 validation error detected: Value 'a b c' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    ],
    [
      'no name',
      { TableName: null },
      "ValidationException: 1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a key not defined',
      definitions('a', 'c'),
      invalid(
        'Some index key attributes are not defined in AttributeDefinitions. Keys: [b], AttributeDefinitions: [a, c]',
      ),
    ],
    [
      'an unneeded definition',
      definitions('a', 'b', 'c'),
      invalid(
        'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions',
      ),
    ],
    [
      'a duplicate definition',
      definitions('a', 'a'),
      invalid('Duplicate AttributeName in AttributeDefinitions: a'),
    ],
    [
      'no partition key',
      keySchema(['a', 'RANGE']),
      'ValidationException: Invalid KeySchema: The first KeySchemaElement is not a HASH key type',
    ],
    [
      'two partition keys',
      keySchema(['a', 'HASH'], ['b', 'HASH']),
      'ValidationException: Invalid KeySchema: The second KeySchemaElement is not a RANGE key type',
    ],
    [
      'one key twice',
      keySchema(['a', 'HASH'], ['a', 'RANGE']),
      'ValidationException: Both the Hash Key and the Range Key element in the KeySchema have the same name',
    ],
    [
      'a key of type M',
      { AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'M' }] },
      "ValidationException: 1 validation error detected: Value 'M' at 'attributeType' failed to satisfy constraint: Member must satisfy enum value set: [S, N, B]",
    ],
    [
      'no capacity',
      { BillingMode: 'PROVISIONED' },
      invalid(
        'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
      ),
    ],
    [
      'capacity on demand',
      { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
      invalid(
        'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
      ),
    ],
    [
      'what the simulator lacks',
      { ResourcePolicy: '{}' },
      'NotSimulatedException: The simulator does not support the parameter ResourcePolicy of CreateTable',
    ],
    [
      'encryption with an invalid key type',
      { SSESpecification: { Enabled: true, SSEType: 'AES256' } },
      invalid('SSEType AES256 is not supported. Please use KMS instead'),
    ],
    [
      'less warm throughput than every table has',
      { WarmThroughput: { WriteUnitsPerSecond: 3999 } },
      invalid(
        'Requested WriteUnitsPerSecond of the table is lower than current WarmThroughput. Requested: 3999, current: 4000',
      ),
    ],
    [
      'one tag twice',
      {
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'a', Value: '2' },
        ],
      },
      invalid('Duplicate tag key: a'),
    ],
  ];
  for (const [name, change, message] of refused) {
    it(`reject ${name}`, () => {
      const service = new Service();
      assert.equal(service.refusal('CreateTable', { ...good, ...change }), message);
      assert.equal(service.tables.get('good'), undefined);
    });
  }

  it('reject an empty update', () => {
    const service = new Service();
    assert.match(
      service.refusal('UpdateTable', { TableName: 'items' }),
      /^ValidationException: At least one of /,
    );
    assert.equal(
      service.refusal('UpdateTable', { TableName: 'nowhere' }),
      'ResourceNotFoundException: Requested resource not found: Table: nowhere not found',
    );
  });

  it('yield their items', () => {
    const service = new Service();
    for (const id of ['a', 'b', 'c']) service.put({ id: { S: id } });
    service.call('DeleteItem', { TableName: 'items', Key: { id: { S: 'b' } } });
    assert.deepEqual(
      [...service.tables.items('items')].map(({ id }) => ({ ...id })),
      [{ S: 'a' }, { S: 'c' }],
    );
    assert.deepEqual([...service.tables.items('nowhere')], []);
  });
});
