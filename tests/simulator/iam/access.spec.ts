import { ExportTableToPointInTimeCommand, TagResourceCommand } from '@aws-sdk/client-dynamodb';
import { DescribeStreamCommand, GetRecordsCommand } from '@aws-sdk/client-dynamodb-streams';
import {
  CopyObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import assert from 'node:assert/strict';
import { HOUR } from '../fixture';
import { ACCOUNT, allow, BUCKET, document, OTHER, Place, TABLE, USER } from './place';

describe('simulator/iam: permissions, with the SDK', () => {
  let place: Place;

  beforeEach(async () => {
    place = await Place.open();
  });

  afterEach(() => place.close());

  it('is off until a user or role is added', async () => {
    await place.describeTable(place.as({ accessKeyId: 'whoever', secretAccessKey: 'x' }));
    place.user();
    await assert.rejects(place.describeTable(), { name: 'AccessDeniedException' });
    const stranger = place.as({ accessKeyId: 'whoever', secretAccessKey: 'x' });
    await assert.rejects(place.describeTable(stranger), {
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    });
    await assert.rejects(place.getObject('pre/there', stranger), { name: 'InvalidAccessKeyId' });
    await assert.rejects(stranger.sts.send(new GetCallerIdentityCommand({})), {
      name: 'InvalidClientTokenId',
    });
    place.simulator.call('dynamodb', 'DescribeTable', { TableName: 'orders' });
  });

  it('allows by action and resource, and denies with DynamoDB’s messages', async () => {
    place.user(allow('dynamodb:DescribeTable', TABLE));
    await place.describeTable();
    await assert.rejects(place.describeTable(place.as(), 'others'), {
      name: 'AccessDeniedException',
      message:
        `User: ${USER} is not authorized to perform: dynamodb:DescribeTable on resource: ` +
        `arn:aws:dynamodb:eu-west-1:${ACCOUNT}:table/others because no identity-based policy allows the ` +
        'dynamodb:DescribeTable action',
    });
    place.user(allow('dynamodb:*', '*'), {
      Effect: 'Deny',
      Action: 'dynamodb:DescribeTable',
      Resource: TABLE,
    });
    await assert.rejects(place.describeTable(), { message: /:table\/orders with an explicit deny$/ });
  });

  it('a copy needs permission to read its source and write its target', async () => {
    const copy = (): Promise<unknown> => {
      const target = { Bucket: BUCKET, Key: 'pre/copy', CopySource: `${BUCKET}/pre/there` };
      return place.as().s3.send(new CopyObjectCommand(target));
    };
    const read = allow('s3:GetObject', `arn:aws:s3:::${BUCKET}/pre/there`);
    const write = allow('s3:PutObject', `arn:aws:s3:::${BUCKET}/pre/copy`);
    for (const lacking of [read, write]) {
      place.user(lacking);
      await assert.rejects(copy(), { name: 'AccessDenied' });
    }
    place.user(read, write);
    await copy();
  });

  it('tags need permission on their table', async () => {
    const tag = new TagResourceCommand({ ResourceArn: TABLE, Tags: [{ Key: 'a', Value: 'b' }] });
    place.user(allow('dynamodb:ListTagsOfResource', TABLE));
    await assert.rejects(place.as().dynamodb.send(tag), { name: 'AccessDeniedException' });
    place.user(allow('dynamodb:TagResource', TABLE));
    await place.as().dynamodb.send(tag);
  });

  it('a stream needs permission on its ARN, records on that of their iterator', async () => {
    const stream = place.simulator.call('dynamodb', 'DescribeTable', { TableName: 'orders' }) as {
      Table: { LatestStreamArn: string };
    };
    const StreamArn = stream.Table.LatestStreamArn;
    place.user(allow(['dynamodb:DescribeStream', 'dynamodb:GetShardIterator'], `${TABLE}/stream/*`));
    const { StreamDescription } = await place.as().streams.send(new DescribeStreamCommand({ StreamArn }));
    const { ShardIterator } = place.simulator.call('streams', 'GetShardIterator', {
      StreamArn,
      ShardId: StreamDescription?.Shards?.[0]?.ShardId,
      ShardIteratorType: 'TRIM_HORIZON',
    }) as { ShardIterator: string };
    await assert.rejects(place.as().streams.send(new GetRecordsCommand({ ShardIterator })), {
      name: 'AccessDeniedException',
      message: new RegExp(`perform: dynamodb:GetRecords on resource: ${StreamArn} because`),
    });
  });

  it('only those who may list learn that an object is missing; others are denied', async () => {
    place.user(allow('s3:GetObject', `arn:aws:s3:::${BUCKET}/pre/*`));
    await place.getObject('pre/there');
    const denied = {
      name: 'AccessDenied',
      message: new RegExp(`s3:ListBucket on resource: "arn:aws:s3:::${BUCKET}"`),
    };
    await assert.rejects(place.getObject('pre/missing'), denied);
    const head = place.as().s3.send(new HeadObjectCommand({ Bucket: BUCKET, Key: 'pre/missing' }));
    await assert.rejects(head, ({ $metadata }) => $metadata.httpStatusCode === 403);
    place.user(
      allow('s3:GetObject', `arn:aws:s3:::${BUCKET}/pre/*`),
      allow('s3:ListBucket', `arn:aws:s3:::${BUCKET}`, {
        Condition: { StringLikeIfExists: { 's3:prefix': 'pre/*' } },
      }),
    );
    await assert.rejects(place.getObject('pre/missing'), { name: 'NoSuchKey' });
    await assert.rejects(place.getObject('other/missing'), {
      name: 'AccessDenied',
      message: new RegExp(
        `s3:GetObject on resource: "arn:aws:s3:::${BUCKET}/other/missing" because no identity`,
      ),
    });
    const list = (Prefix?: string) =>
      place.as().s3.send(new ListObjectsV2Command({ Bucket: BUCKET, Prefix }));
    assert.equal((await list('pre/')).KeyCount, 1);
    await assert.rejects(list('other/'), { name: 'AccessDenied' });
  });

  it('a bucket’s policy can deny, and must allow another account', async () => {
    const { iam, s3 } = place.simulator;
    const write = () => place.as().s3.send(new PutObjectCommand({ Bucket: 'theirs', Key: 'k', Body: 'x' }));
    s3.createBucket('theirs', OTHER);
    place.user(allow('s3:*', '*'));
    await assert.rejects(write(), { name: 'AccessDenied', message: 'Access Denied' });
    const objects = 'arn:aws:s3:::theirs/*';
    iam.putBucketPolicy('theirs', document({ ...allow('s3:PutObject', objects), Principal: { AWS: USER } }));
    await write();
    await assert.rejects(place.getObject('k', place.as(), 'theirs'), {
      name: 'AccessDenied',
      message: 'Access Denied',
    });
    const plain = { Bool: { 'aws:SecureTransport': 'false' } };
    iam.putBucketPolicy(
      BUCKET,
      document({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', Condition: plain }),
    );
    await place.getObject('pre/there');
    iam.putBucketPolicy(BUCKET, document({ Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*' }));
    await assert.rejects(place.getObject('pre/there'), { message: /with an explicit deny/ });
  });

  for (const [what, statements, outcome] of [
    ['may write', ['s3:PutObject', 's3:AbortMultipartUpload'], ['COMPLETED', undefined]],
    ['may not write', [], ['FAILED', 'S3AccessDenied']],
    ['may not end an upload', ['s3:PutObject'], ['FAILED', 'S3AccessDenied']],
  ] as const) {
    it(`an export is accepted, and its outcome depends on the requester’s permissions: ${what}`, async () => {
      const objects = `arn:aws:s3:::${BUCKET}/pre/*`;
      place.user(
        allow('dynamodb:ExportTableToPointInTime', TABLE),
        ...(statements.length === 0 ? [] : [allow([...statements], objects)]),
      );
      const command = new ExportTableToPointInTimeCommand({
        TableArn: TABLE,
        S3Bucket: BUCKET,
        S3Prefix: 'pre',
      });
      const { ExportDescription: asked } = await place.as().dynamodb.send(command);
      assert.equal(asked?.ExportStatus, 'IN_PROGRESS');
      place.clock.advance(HOUR);
      const { ExportDescription: ended } = place.simulator.call('dynamodb', 'DescribeExport', {
        ExportArn: asked?.ExportArn,
      }) as { ExportDescription: { ExportStatus: string; FailureCode?: string } };
      assert.deepEqual([ended.ExportStatus, ended.FailureCode], outcome);
    });
  }

  it('a secret needs permission on its whole ARN, even if requested by name', async () => {
    const { arn } = place.simulator.secrets.put('warehouse', 'password');
    const read = (SecretId: string) => place.as().secrets.send(new GetSecretValueCommand({ SecretId }));
    place.user(allow('secretsmanager:GetSecretValue', `${arn.slice(0, -6)}??????`));
    assert.equal((await read('warehouse')).SecretString, 'password');
    assert.equal((await read(arn)).SecretString, 'password');
    await assert.rejects(read('other'), { name: 'AccessDeniedException', message: /secret:other because/ });
  });

  it('records decisions, but none about in-process calls', async () => {
    place.user(allow('dynamodb:DescribeTable', TABLE));
    place.simulator.call('dynamodb', 'DescribeTable', { TableName: 'orders' });
    await place.describeTable();
    await assert.rejects(place.getObject('pre/there'));
    assert.deepEqual(
      place.simulator.iam.decisions.map(({ by, action, resource, isAllowed }) => [
        by,
        action,
        resource,
        isAllowed,
      ]),
      [
        [USER, 'dynamodb:DescribeTable', TABLE, true],
        [USER, 's3:GetObject', `arn:aws:s3:::${BUCKET}/pre/there`, false],
      ],
    );
  });
});
