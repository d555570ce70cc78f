import assert from 'node:assert/strict';
import { LocalClock } from '../../../runtime/clock';
import { SdkServices } from '../../../runtime/aws/sdk';
import { type Listening, ManualClock, Simulator } from '../../../simulator';

const MINUTE = 60_000;

describe('The AWS SDK against the simulator', () => {
  const clock = new ManualClock();
  let simulator: Simulator;
  let listening: Listening;
  let services: SdkServices;

  before(async () => {
    simulator = new Simulator({ clock, seed: 7, region: 'eu-west-1' });
    simulator.call('dynamodb', 'CreateTable', {
      TableName: 'orders',
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'line', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'line', AttributeType: 'N' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    });
    simulator.s3.createBucket('my-exports');
    clock.advance(10 * MINUTE);
    listening = await simulator.listen();
    services = await SdkServices.open(
      {
        region: 'eu-west-1',
        endpoint: listening.url,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      },
      new LocalClock(),
    );
  });
  after(async () => {
    services.close();
    await listening.close();
  });

  it('knows its caller, and the service’s time from then on', async () => {
    const { account, arn } = await services.callerIdentity();
    assert.equal(account, simulator.accountId);
    assert.match(arn, /^arn:aws:/);
    assert.ok(Math.abs(services.clock.now() - clock.now()) < 5_000);
  });

  it('describes the table and its stream', async () => {
    const table = await services.describeTable('orders');
    assert.deepEqual(table.keySchema, {
      partition: { name: 'id', type: 'S' },
      sort: { name: 'line', type: 'N' },
    });
    assert.equal(table.billingMode, 'PAY_PER_REQUEST');
    assert.equal(typeof table.id, 'string');
    assert.equal(table.stream?.enabled, true);
    assert.equal(table.stream.viewType, 'NEW_AND_OLD_IMAGES');
    assert.ok(Math.abs(table.stream.createdAt - (clock.now() - 10 * MINUTE)) < 5_000);
  });

  it('reads a shard from its oldest record, and after a sequence number', async () => {
    for (const line of ['1', '2']) {
      const Item = { id: { S: 'a' }, line: { N: line }, ['__proto__']: { S: 'kept' } };
      simulator.call('dynamodb', 'PutItem', { TableName: 'orders', Item });
    }
    clock.advance(MINUTE);
    const { stream } = await services.describeTable('orders');
    const page = await services.describeStream(stream!.arn, {});
    assert.equal(page.status, 'ENABLED');
    const records = [];
    for (const shard of page.shards) {
      assert.equal(shard.closed, false);
      let iterator = await services.getShardIterator(stream!.arn, shard.id, 'TRIM_HORIZON');
      for (let read = 0; read < 5; read++) {
        const answer = await services.getRecords(iterator, 1000);
        records.push(...answer.records.map((record) => ({ record, shard })));
        iterator = answer.nextIterator!;
      }
    }
    assert.deepEqual(
      records.map(({ record }) => [
        record.eventName,
        record.newImage?.get('line'),
        record.newImage?.get('__proto__'),
      ]),
      [
        ['INSERT', { N: '1' }, { S: 'kept' }],
        ['INSERT', { N: '2' }, { S: 'kept' }],
      ],
    );
    const [{ record, shard }] = records as [(typeof records)[0]];
    const after = await services.getShardIterator(stream!.arn, shard.id, { after: record.sequenceNumber });
    const rest = await services.getRecords(after, 1000);
    assert.deepEqual(
      rest.records.map(({ newImage }) => newImage?.get('line')),
      [{ N: '2' }],
    );
    simulator.rollover('orders');
    clock.advance(MINUTE);
    const later = await services.describeStream(stream!.arn, {});
    assert.ok(
      later.shards.some(({ closed, id }) => closed && later.shards.some(({ parentId }) => parentId === id)),
    );
    const children = await services.describeStream(stream!.arn, { childrenOf: shard.id });
    assert.deepEqual(
      children.shards,
      later.shards.filter(({ parentId }) => parentId === shard.id),
    );
    assert.equal(children.shards.length, 1);
  });

  it('reads a stream at a separate address, and everything else at the common one', async () => {
    const { stream } = await services.describeTable('orders');
    const apart = await SdkServices.open(
      {
        region: 'eu-west-1',
        endpoint: 'http://127.0.0.1:1',
        streamsEndpoint: listening.url,
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        maxAttempts: 1,
      },
      new LocalClock(),
    );
    try {
      assert.equal((await apart.describeStream(stream!.arn, {})).status, 'ENABLED');
      await assert.rejects(apart.describeTable('orders'), { name: 'AwsFault' });
    } finally {
      apart.close();
    }
  });

  it('requests, finds and describes an export', async () => {
    const { arn: tableArn, id } = await services.describeTable('orders');
    assert.equal((await services.describePointInTimeRecovery('orders')).enabled, false);
    const request = {
      tableArn,
      clientToken: 'token',
      exportTime: Math.floor(clock.now() / 1000) * 1000,
      bucket: 'my-exports',
      bucketOwner: undefined,
      prefix: 'some/prefix',
      kmsKeyId: undefined,
    };
    await assert.rejects(services.requestExport(request), {
      code: 'PointInTimeRecoveryUnavailableException',
      kind: 'fatal',
      message: /aws dynamodb update-continuous-backups --table-name orders/,
    });
    simulator.call('dynamodb', 'UpdateContinuousBackups', {
      TableName: 'orders',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
    clock.advance(10 * MINUTE);
    const recovery = await services.describePointInTimeRecovery('orders');
    assert.equal(recovery.enabled, true);
    assert.ok(recovery.earliestRestorable! <= recovery.latestRestorable!);

    const current = { ...request, exportTime: Math.floor(clock.now() / 1000) * 1000 };
    const requested = await services.requestExport(current);
    assert.equal(requested.status, 'IN_PROGRESS');
    assert.equal(requested.exportTime, current.exportTime);
    assert.equal(requested.clientToken, 'token');
    assert.equal((await services.requestExport(current)).arn, requested.arn);
    assert.deepEqual(await services.listExports(tableArn), [requested.arn]);
    clock.advance(60 * MINUTE);
    const completed = await services.describeExport(requested.arn);
    assert.equal(completed.status, 'COMPLETED');
    assert.equal(completed.tableId, id);
    assert.equal(completed.prefix, 'some/prefix');
    assert.equal(completed.itemCount, 2);
    assert.match(completed.manifestKey ?? '', /^some\/prefix\/AWSDynamoDB\/.*\/manifest-summary\.json$/);
  });

  it('requests, finds and describes an incremental export', async () => {
    const { arn: tableArn } = await services.describeTable('orders');
    const now = Math.floor(clock.now() / 1000) * 1000;
    const request = {
      tableArn,
      clientToken: 'changes',
      window: { from: now - 30 * MINUTE, to: now },
      bucket: 'my-exports',
      bucketOwner: undefined,
      prefix: undefined,
      kmsKeyId: undefined,
    };
    const requested = await services.requestExport(request);
    assert.deepEqual([requested.window, requested.exportTime], [request.window, undefined]);
    assert.equal((await services.requestExport(request)).arn, requested.arn);
    clock.advance(60 * MINUTE);
    const completed = await services.describeExport(requested.arn);
    assert.deepEqual([completed.status, completed.window], ['COMPLETED', request.window]);
    assert.equal(completed.billedBytes, 10_000_000);
    const described = simulator.call('dynamodb', 'DescribeExport', { ExportArn: requested.arn }) as {
      ExportDescription: { IncrementalExportSpecification: { ExportViewType: string } };
    };
    const { ExportViewType } = described.ExportDescription.IncrementalExportSpecification;
    assert.equal(ExportViewType, 'NEW_AND_OLD_IMAGES');
    await assert.rejects(
      services.requestExport({
        ...request,
        clientToken: 'conflict',
        window: { from: now - MINUTE, to: now },
      }),
      {
        code: 'InvalidExportTimeException',
        kind: 'fatal',
        message:
          /changes of table orders from \d{4}-.*Z to .*Z\. AWS says: Difference .* aws dynamodb describe-continuous-backups .*dynamodb-replicator resync/,
      },
    );
  });

  it('reads, writes and heads objects', async () => {
    await services.putObject('my-exports', 'check', { body: Buffer.from('0123456789') });
    const whole = await services.getObject('my-exports', 'check', { offset: 0, ifMatch: undefined });
    assert.equal(whole.totalBytes, 10);
    assert.equal(await textOf(whole.bytes), '0123456789');
    const rest = await services.getObject('my-exports', 'check', { offset: 7, ifMatch: whole.etag });
    assert.deepEqual([await textOf(rest.bytes), rest.totalBytes], ['789', 10]);
    await services.putObject('my-exports', 'check', { body: Buffer.from('other') });
    const changed = services.getObject('my-exports', 'check', { offset: 7, ifMatch: whole.etag });
    await assert.rejects(changed, { httpStatus: 412, kind: 'fatal' });
    assert.ok('region' in (await services.headBucket('my-exports', undefined)));
    await assert.rejects(services.headBucket('not-there', undefined), {
      httpStatus: 404,
      message: /aws s3 mb/,
    });
  });

  it('row 27: another account’s bucket', async () => {
    simulator.s3.createBucket('foreign', '999999999999');
    const foreign = services.headBucket('foreign', undefined);
    await assert.rejects(foreign, {
      httpStatus: 403,
      pace: 'slow',
      message: /s3:ListBucket on arn:aws:s3:::foreign/,
    });
  });
});

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
