import {
  CreateTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeExportCommand,
  DescribeTableCommand,
  ExportTableToPointInTimeCommand,
  PutItemCommand,
  UpdateContinuousBackupsCommand,
} from '@aws-sdk/client-dynamodb';
import {
  DescribeStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
} from '@aws-sdk/client-dynamodb-streams';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import assert from 'node:assert/strict';
import { MINUTE, listening } from '../fixture';
import type { Clients } from '../fixture';
import { full, quickIf } from '../../tiers/tier';

const TableName = 'orders';

describe('simulator: HTTP, with the SDK', () => {
  let clients: Clients;
  let streamArn: string;
  let tableArn: string;

  beforeEach(async () => {
    clients = await listening({ partitions: 1 });
    const { TableDescription } = await clients.dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      }),
    );
    streamArn = TableDescription?.LatestStreamArn ?? '';
    tableArn = TableDescription?.TableArn ?? '';
  });

  afterEach(() => clients.close());

  const put = (id: string): Promise<unknown> =>
    clients.dynamodb.send(
      new PutItemCommand({ TableName, Item: { id: { S: id }, bytes: { B: Buffer.from(id) } } }),
    );

  const wire = async (
    target: string,
    body: string,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    fetch(clients.url, {
      method: 'POST',
      body,
      headers: { 'x-amz-target': target, authorization: 'AWS4-HMAC-SHA256 any', ...headers },
    });

  it('puts a write into the stream', async () => {
    await put('a');
    const { StreamDescription } = await clients.streams.send(
      new DescribeStreamCommand({ StreamArn: streamArn }),
    );
    assert.equal(StreamDescription?.CreationRequestDateTime?.getTime(), clients.clock.now());
    const { ShardIterator } = await clients.streams.send(
      new GetShardIteratorCommand({
        StreamArn: streamArn,
        ShardId: StreamDescription?.Shards?.[0]?.ShardId,
        ShardIteratorType: 'TRIM_HORIZON',
      }),
    );
    const { Records, NextShardIterator } = await clients.streams.send(
      new GetRecordsCommand({ ShardIterator }),
    );
    assert.equal(Records?.length, 1);
    assert.ok(NextShardIterator);
    const { ApproximateCreationDateTime, NewImage } = Records?.[0]?.dynamodb ?? {};
    assert.equal(ApproximateCreationDateTime?.getTime(), clients.clock.now());
    assert.deepEqual(NewImage, { id: { S: 'a' }, bytes: { B: new Uint8Array(Buffer.from('a')) } });
  });

  it('writes an export into the bucket', async () => {
    await put('a');
    clients.simulator.s3.createBucket('exports');
    await clients.dynamodb.send(
      new UpdateContinuousBackupsCommand({
        TableName,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    clients.clock.advance(MINUTE);
    const { ContinuousBackupsDescription } = await clients.dynamodb.send(
      new DescribeContinuousBackupsCommand({ TableName }),
    );
    assert.equal(
      ContinuousBackupsDescription?.PointInTimeRecoveryDescription?.PointInTimeRecoveryStatus,
      'ENABLED',
    );
    const { ExportDescription } = await clients.dynamodb.send(
      new ExportTableToPointInTimeCommand({
        TableArn: tableArn,
        S3Bucket: 'exports',
        ExportTime: new Date(clients.clock.now()),
      }),
    );
    clients.clock.advance(12 * MINUTE);
    const done = await clients.dynamodb.send(
      new DescribeExportCommand({ ExportArn: ExportDescription?.ExportArn }),
    );
    assert.equal(done.ExportDescription?.ExportStatus, 'COMPLETED');
    const Key = done.ExportDescription?.ExportManifest;
    const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: 'exports', Key }));
    assert.equal(JSON.parse((await Body?.transformToString()) ?? '').itemCount, 1);
  });

  it('identifies the caller', async () => {
    const { Account, Arn } = await clients.sts.send(new GetCallerIdentityCommand({}));
    assert.deepEqual([Account, Arn], ['123456789012', 'arn:aws:iam::123456789012:user/simulator']);
  });

  it('answers in JSON 1.0 with request id, checksum and the simulator’s own time', async () => {
    clients.clock.set(Date.UTC(2031, 4, 5, 6, 7, 8));
    const response = await wire('DynamoDB_20120810.ListTables', '{}');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/x-amz-json-1.0');
    assert.equal(response.headers.get('date'), 'Mon, 05 May 2031 06:07:08 GMT');
    assert.match(response.headers.get('x-amzn-requestid') ?? '', /^[0-9A-F]{32}$/);
    assert.match(response.headers.get('x-amz-crc32') ?? '', /^\d+$/);
    assert.deepEqual(await response.json(), { TableNames: ['orders'] });
  });

  it('returns error types with their prefixes', async () => {
    const type = async (...call: Parameters<typeof wire>): Promise<string> =>
      ((await (await wire(...call)).json()) as { __type: string }).__type;
    const table = JSON.stringify({ TableName: 'nothing' });
    assert.equal(
      await type('DynamoDB_20120810.DescribeTable', table),
      'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
    );
    assert.equal(
      await type('DynamoDBStreams_20120810.GetRecords', '{}'),
      'com.amazon.coral.validate#ValidationException',
    );
    assert.equal(
      await type('DynamoDB_20120810.Nothing', '{}'),
      'com.amazon.coral.service#UnknownOperationException',
    );
    assert.equal(await type('Other_1.Nothing', '{}'), 'com.amazon.coral.service#UnknownOperationException');
    assert.equal(
      await type('DynamoDB_20120810.ListTables', '{'),
      'com.amazon.coral.service#SerializationException',
    );
    const unsigned = await fetch(clients.url, {
      method: 'POST',
      body: '{}',
      headers: { 'x-amz-target': 'DynamoDB_20120810.ListTables' },
    });
    assert.deepEqual(await unsigned.json(), {
      __type: 'com.amazon.coral.service#MissingAuthenticationTokenException',
      Message: 'Request is missing Authentication Token',
    });
    await assert.rejects(clients.dynamodb.send(new DescribeTableCommand({ TableName: 'nothing' })), {
      name: 'ResourceNotFoundException',
    });
  });

  /** More levels than fit on the stack. */
  const LEVELS = 20_000;
  for (const [operation, body, isQuick = false] of [
    ['PutItem', (deep: string) => `{"TableName":"orders","Item":{"id":{"S":"a"},"v":${deep}}}`, true],
    ['PutItem', (deep: string) => `{"TableName":"orders","Item":{"id":{"S":"a"},"v":{"M":{"x":${deep}}}}}`],
    [
      'TransactWriteItems',
      (deep: string) =>
        `{"ClientRequestToken":"t","TransactItems":[{"Put":{"TableName":"orders","Item":{"id":{"S":"a"},"v":${deep}}}}]}`,
    ],
    ['BatchGetItem', (deep: string) => `{"RequestItems":{"orders":{"Keys":[${deep}]}}}`],
    ['CreateTable', (deep: string) => `{"TableName":"others","KeySchema":${deep}}`],
  ] as const) {
    quickIf(isQuick).it(`rejects ${operation} with ${LEVELS} levels`, async () => {
      for (const [open, close] of [
        ['{"M":{"":', '}}'],
        ['{"L":[', ']}'],
        ['[', ']'],
      ] as const) {
        const deep = `${open.repeat(LEVELS)}{}${close.repeat(LEVELS)}`;
        const response = await wire(`DynamoDB_20120810.${operation}`, body(deep));
        assert.equal(response.status, 400, `${open}: ${(await response.text()).slice(0, 200)}`);
      }
    });
  }

  full.it('rejects a request over 16 MB', async () => {
    const blank = ' '.repeat(16 * 1024 * 1024);
    const response = await wire('DynamoDB_20120810.ListTables', `{${blank}}`);
    assert.equal(response.status, 413);
    assert.match(await response.text(), /RequestEntityTooLargeException/);
  });

  it('returns an empty body for a change of tags', async () => {
    const ResourceArn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders';
    const body = JSON.stringify({ ResourceArn, Tags: [{ Key: 'a', Value: 'b' }] });
    const response = await wire('DynamoDB_20120810.TagResource', body);
    assert.deepEqual([response.status, await response.text()], [200, '']);
  });

  it('listens only on 127.0.0.1', () => {
    assert.match(clients.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  });

  describe('control paths', () => {
    const command = async (
      method: string,
      path: string,
      body?: unknown,
    ): Promise<[number, Record<string, unknown>]> => {
      const response = await fetch(`${clients.url}/_simulator${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return [response.status, (await response.json()) as Record<string, unknown>];
    };

    it('show the state and advance the clock', async () => {
      const before = clients.clock.now();
      assert.deepEqual(await command('POST', '/clock', { advanceMs: 5000 }), [200, { now: before + 5000 }]);
      const [, status] = await command('GET', '');
      assert.deepEqual(
        [status['now'], status['accountId'], status['faults']],
        [before + 5000, '123456789012', []],
      );
      assert.equal((await command('POST', '/clock', { advanceMs: -1 }))[0], 400);
      assert.equal((await command('POST', '/nothing', {}))[0], 404);
    });

    it('split and roll over shards, add faults, create buckets, make exports fail', async () => {
      clients.clock.advance(1000);
      assert.deepEqual(await command('POST', '/split', { table: 'orders' }), [200, {}]);
      assert.equal(clients.simulator.openShards('orders').length, 2);
      await command('POST', '/rollover', { table: 'orders' });
      const { StreamDescription } = await clients.streams.send(
        new DescribeStreamCommand({ StreamArn: streamArn }),
      );
      assert.equal(StreamDescription?.Shards?.length, 5);
      assert.equal((await command('POST', '/split', { table: 'nothing' }))[0], 400);
      const rule = {
        operation: 'PutItem',
        nth: 1,
        answer: { kind: 'error', type: 'InternalServerError', status: 500 },
      };
      assert.deepEqual(await command('POST', '/faults', rule), [200, { id: 1 }]);
      await assert.rejects(put('a'), { name: 'InternalServerError' });
      await put('a');
      const [, { faults }] = await command('GET', '');
      assert.deepEqual(faults, [{ id: 1, rule, calls: 2, hits: 1 }]);
      await command('DELETE', '/faults');
      assert.deepEqual(clients.simulator.faults.active(), []);
      await command('POST', '/buckets', { name: 'foreign', owner: '999999999999' });
      assert.equal(clients.simulator.store.ownerOf('foreign'), '999999999999');
      assert.deepEqual(await command('POST', '/failing-export', { code: 'UNKNOWN' }), [200, {}]);
    });
  });
});
