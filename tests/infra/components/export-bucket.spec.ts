import assert from 'node:assert/strict';
import { ExportBucket, type ExportBucketArgs } from '../../../infra';
import { record, unknown, valueOf } from '../record';

const make = (args: ExportBucketArgs = {}) => new ExportBucket('orders', args);
const NAME = 'dynamodb-replicator-dev-orders-exports-123456789012-eu-west-1';

describe('ExportBucket', () => {
  it('is created private, encrypted and without ACLs, and deletes exports and leftover parts', async () => {
    const { only, result } = await record(() => make());
    assert.deepEqual(only('aws:s3/bucket:Bucket'), {
      bucket: NAME,
      forceDestroy: false,
      tags: { 'dynamodb-replicator': 'dynamodb-replicator/dev/orders' },
    });
    const bucket = NAME;
    assert.deepEqual(only('aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock'), {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    assert.deepEqual(only('aws:s3/bucketOwnershipControls:BucketOwnershipControls'), {
      bucket,
      rule: { objectOwnership: 'BucketOwnerEnforced' },
    });
    assert.deepEqual(
      only('aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration'),
      { bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' } }] },
    );
    assert.deepEqual(only('aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration'), {
      bucket,
      rules: [
        {
          id: 'exports-expire',
          status: 'Enabled',
          filter: { prefix: 'dev/' },
          expiration: { days: 14 },
        },
        {
          id: 'broken-uploads-end',
          status: 'Enabled',
          filter: { prefix: '' },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ],
    });
    const policy = JSON.parse(only('aws:s3/bucketPolicy:BucketPolicy')['policy'] as string) as {
      Statement: { Sid: string }[];
    };
    assert.deepEqual(
      policy.Statement.map(({ Sid }) => Sid),
      ['TlsOnly', 'Tls12OrNewer'],
    );
    assert.equal(await valueOf(result.bucketName), NAME);
    assert.equal(await valueOf(result.prefix), 'dev');
  });

  it('uses a given key, and is emptied at destroy if configured', async () => {
    const kmsKeyArn = 'arn:aws:kms:eu-west-1:123456789012:key/1';
    const { only } = await record(() => make({ kmsKeyArn, forceDestroy: true, expirationDays: 3 }));
    assert.deepEqual(
      only('aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration')['rules'],
      [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: 'aws:kms', kmsMasterKeyId: kmsKeyArn },
          bucketKeyEnabled: true,
        },
      ],
    );
    assert.equal(only('aws:s3/bucket:Bucket')['forceDestroy'], true);
  });

  it('of another stack is another bucket', async () => {
    const { only } = await record(() => make(), { stack: 'prod' });
    assert.equal(
      only('aws:s3/bucket:Bucket')['bucket'],
      'dynamodb-replicator-prod-orders-exports-123456789012-eu-west-1',
    );
  });

  it('is not changed if it exists', async () => {
    const { resources, result } = await record(() =>
      make({ existingBucketName: 'my-exports', prefix: 'replicator/dev' }),
    );
    assert.equal(resources.length, 1);
    assert.equal(await valueOf(result.arn), 'arn:aws:s3:::my-exports');
  });

  it('is not checked if it belongs to another account', async () => {
    const { result } = await record(() =>
      make({ existingBucketName: 'their-exports', existingBucketOwner: '210987654321' }),
    );
    assert.equal(await valueOf(result.arn), 'arn:aws:s3:::their-exports');
  });

  it('can be previewed before its name is known', async () => {
    await record(() => make({ existingBucketName: unknown<string>() }), { preview: true });
  });

  it('is reported with the argument if it does not exist', async () => {
    await assert.rejects(
      record(() => make({ existingBucketName: 'my-exprots' })),
      {
        message:
          'bucket my-exprots: it cannot be read (reading S3 Bucket (my-exprots): not found). Check exportBucket.existingBucketName, ' +
          'or remove it to create a bucket; aws s3 ls --region eu-west-1 lists the buckets',
      },
    );
  });

  it('may be in another region than the tables', async () => {
    const world = { buckets: { 'my-exports': 'us-east-1' } };
    const { result } = await record(() => make({ existingBucketName: 'my-exports' }), { world });
    assert.equal(await valueOf(result.arn), 'arn:aws:s3:::my-exports');
  });

  it('needs a key in its own region, which S3 cannot leave', async () => {
    const world = { buckets: { 'my-exports': 'us-east-1' } };
    const withKeyIn = (region: string) =>
      record(
        () =>
          make({
            existingBucketName: 'my-exports',
            kmsKeyArn: `arn:aws:kms:${region}:123456789012:key/1`,
          }),
        { world },
      );
    assert.ok(await withKeyIn('us-east-1'));
    await assert.rejects(withKeyIn('eu-west-1'), {
      message:
        'bucket my-exports: it is in us-east-1, but exportBucket.kmsKeyArn is in eu-west-1, and S3 uses only keys of the bucket’s ' +
        'region: name a key in us-east-1',
    });
  });
});
