import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import assert from 'node:assert/strict';
import { type Clients, listening, Local, MINUTE } from '../fixture';

const HERE = 'bucket-here';
const AWAY = 'bucket-away';

describe('simulator: regions of buckets', () => {
  let clients: Clients;
  const opened: S3Client[] = [];

  /** A client of a region. */
  const clientIn = (region: string, followRegionRedirects = false): S3Client => {
    const client = new S3Client({
      endpoint: clients.url,
      region,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      forcePathStyle: true,
      maxAttempts: 1,
      followRegionRedirects,
    });
    opened.push(client);
    return client;
  };

  const create = (region: string, Bucket: string, constraint?: string): Promise<unknown> =>
    clientIn(region).send(
      new CreateBucketCommand({
        Bucket,
        ...(constraint !== undefined && {
          CreateBucketConfiguration: { LocationConstraint: constraint as 'eu-west-1' },
        }),
      }),
    );

  /** Name, status and region header of a call's error. */
  const refusal = (call: Promise<unknown>): Promise<readonly unknown[]> =>
    call.then(
      () => ['none'],
      (error: {
        name: string;
        $metadata?: { httpStatusCode: number };
        $response?: { headers: Record<string, string> };
      }) => [error.name, error.$metadata?.httpStatusCode, error.$response?.headers['x-amz-bucket-region']],
    );

  beforeEach(async () => {
    clients = await listening();
    clients.simulator.s3.createBucket(HERE);
    await create('us-west-2', AWAY, 'us-west-2');
  });

  afterEach(async () => {
    for (const client of opened.splice(0)) client.destroy();
    await clients.close();
  });

  it('a bucket is in the region of its location constraint, and other buckets in the simulator’s', async () => {
    for (const [Bucket, region] of [
      [HERE, 'eu-west-1'],
      [AWAY, 'us-west-2'],
    ] as const) {
      const s3 = clientIn(region);
      assert.equal((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion, region);
      const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket }));
      assert.equal(LocationConstraint, region);
    }
  });

  it('us-east-1 creates buckets anywhere, in itself without a name, and locates all', async () => {
    await create('us-east-1', 'first-bucket');
    await create('us-east-1', 'second-bucket', 'ap-south-1');
    const s3 = clientIn('us-east-1');
    for (const [Bucket, location] of [
      ['first-bucket', undefined],
      ['second-bucket', 'ap-south-1'],
      [AWAY, 'us-west-2'],
    ] as const) {
      const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket }));
      assert.equal(LocationConstraint || undefined, location);
    }
    assert.equal(
      (await s3.send(new HeadBucketCommand({ Bucket: 'first-bucket' }))).BucketRegion,
      'us-east-1',
    );
  });

  it('every other region creates buckets only in itself, and by name', async () => {
    const illegal = ['IllegalLocationConstraintException', 400, undefined];
    assert.deepEqual(await refusal(create('eu-west-1', 'new-bucket', 'us-west-2')), illegal);
    const unnamed = await fetch(`${clients.url}/new-bucket`, {
      method: 'PUT',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20260101/eu-west-1/s3/aws4_request' },
    });
    assert.equal(unnamed.status, 400);
    assert.match(await unnamed.text(), /<Code>IllegalLocationConstraintException<.*unspecified/);
    for (const constraint of ['us-east-1', 'nowhere'])
      assert.deepEqual(await refusal(create('us-east-1', 'new-bucket', constraint)), [
        'InvalidLocationConstraint',
        400,
        undefined,
      ]);
  });

  it('a request to another region than the bucket’s is redirected with 301 and the region', async () => {
    const s3 = clientIn('eu-west-1');
    for (const call of [
      () => s3.send(new GetObjectCommand({ Bucket: AWAY, Key: 'k' })),
      () => s3.send(new PutObjectCommand({ Bucket: AWAY, Key: 'k', Body: 'away' })),
      () => s3.send(new ListObjectsV2Command({ Bucket: AWAY })),
      () => s3.send(new DeleteBucketCommand({ Bucket: AWAY })),
    ])
      assert.deepEqual(await refusal(call()), ['PermanentRedirect', 301, 'us-west-2']);
    for (const [client, Bucket, region] of [
      [s3, AWAY, 'us-west-2'],
      [clientIn('us-west-2'), HERE, 'eu-west-1'],
    ] as const) {
      // Its response has no body with a code.
      const [, ...head] = await refusal(client.send(new HeadBucketCommand({ Bucket })));
      assert.deepEqual(head, [301, region]);
    }
    assert.deepEqual(clients.simulator.s3.listObjects(AWAY).objects, []);
  });

  it('a client that follows redirects reads and writes there', async () => {
    const s3 = clientIn('eu-west-1', true);
    await s3.send(new PutObjectCommand({ Bucket: AWAY, Key: 'k', Body: 'away' }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: AWAY, Key: 'k' }));
    assert.equal(await Body?.transformToString(), 'away');
    assert.equal((await s3.send(new HeadBucketCommand({ Bucket: AWAY }))).BucketRegion, 'us-west-2');
  });

  it('a signature without a region, and calls in the process, reach every bucket', async () => {
    clients.simulator.s3.putObject(AWAY, 'k', Buffer.from('away'));
    const answer = await fetch(`${clients.url}/${AWAY}/k`, { headers: { authorization: 'AWS AKID:any' } });
    assert.equal(await answer.text(), 'away');
    assert.equal(clients.simulator.s3.getObject(AWAY, 'k').body.toString(), 'away');
  });

  it('a table is exported into a bucket of another region', () => {
    const local = new Local();
    local.simulator.s3.createBucket(AWAY, undefined, 'us-west-2');
    local.put('a');
    local.recoverable();
    const { ExportDescription: started } = local.dynamodb('ExportTableToPointInTime', {
      TableArn: local.dynamodb('DescribeTable', { TableName: 'orders' }).Table.TableArn,
      S3Bucket: AWAY,
    });
    local.clock.advance(60 * MINUTE);
    const { ExportDescription: ended } = local.dynamodb('DescribeExport', { ExportArn: started.ExportArn });
    assert.equal(ended.ExportStatus, 'COMPLETED');
    assert.ok(local.simulator.s3.getObject(AWAY, ended.ExportManifest).body.length > 0);
  });
});
