import assert from 'node:assert/strict';
import { sourceRoleDocument, taskDocument } from '../../infra/plan/iam/documents';
import { bucketPolicy } from '../../infra/plan/iam/resource-policies';
import { judge, type Principal, readPolicy, type Verdict } from '../../simulator/iam/policy';

const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';
const BUCKET = 'arn:aws:s3:::my-exports';
const OBJECT = `${BUCKET}/pre/AWSDynamoDB/1/data/a.json.gz`;
const key = (name: string): string => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${name}`;
const via = (service: string, more: Record<string, string> = {}): Record<string, string> => ({
  'kms:ViaService': `${service}.${REGION}.amazonaws.com`,
  ...more,
});
const encrypting = (arn: string) => ({ 'kms:EncryptionContext:aws:s3:arn': arn });

const grants = {
  tables: [{ arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/orders`, kmsKeyArn: key('table') }],
  exports: { arn: BUCKET, prefix: 'pre', isForeign: false, kmsKeyArn: key('exports') },
  secrets: [
    { arn: `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:warehouse-a1b2c3`, kmsKeyArn: key('secret') },
  ],
};
const task = readPolicy(taskDocument(grants));
const ROLE = `arn:aws:iam::${ACCOUNT}:role/orders-reader`;
const taskOfAnother = readPolicy(taskDocument({ ...grants, sourceRoleArn: ROLE }));
const source = readPolicy(sourceRoleDocument(grants));

type Row = readonly [action: string, resource: string, context: Record<string, string>, expected: Verdict];

describe('The permissions on keys, by the simulator’s policy evaluator', () => {
  const rows: readonly Row[] = [
    ['kms:Decrypt', key('table'), via('dynamodb'), 'allowed'],
    ['kms:Decrypt', key('table'), via('s3'), 'silent'],
    ['kms:Decrypt', key('table'), {}, 'silent'],
    ['kms:GenerateDataKey', key('table'), via('dynamodb'), 'silent'],
    ['kms:GenerateDataKey', key('exports'), via('s3', encrypting(OBJECT)), 'allowed'],
    ['kms:GenerateDataKey', key('exports'), via('s3', encrypting(BUCKET)), 'allowed'],
    ['kms:GenerateDataKey', key('exports'), via('s3', encrypting(`${BUCKET}/other/x`)), 'silent'],
    ['kms:GenerateDataKey', key('exports'), via('s3'), 'silent'],
    ['kms:Decrypt', key('exports'), via('s3', encrypting(OBJECT)), 'allowed'],
    ['kms:Decrypt', key('exports'), via('dynamodb', encrypting(OBJECT)), 'silent'],
    ['kms:Decrypt', key('secret'), via('secretsmanager'), 'allowed'],
    ['kms:Decrypt', key('secret'), via('s3'), 'silent'],
    ['kms:Decrypt', key('another'), via('s3', encrypting(OBJECT)), 'silent'],
    ['kms:Encrypt', key('exports'), via('s3', encrypting(OBJECT)), 'silent'],
    ['kms:ScheduleKeyDeletion', key('exports'), via('s3'), 'silent'],
  ];
  for (const [action, resource, context, expected] of rows) {
    it(`the task role, ${action} on ${resource.split('/')[1]} with ${JSON.stringify(context)}: ${expected}`, () => {
      assert.equal(judge(task, { action, resource, context }), expected);
    });
  }

  it('with a source role, that role encrypts exports and reads encrypted tables, and the task only reads exports', () => {
    const write = {
      action: 'kms:GenerateDataKey',
      resource: key('exports'),
      context: via('s3', encrypting(OBJECT)),
    };
    const table = { action: 'kms:Decrypt', resource: key('table'), context: via('dynamodb') };
    const read = { action: 'kms:Decrypt', resource: key('exports'), context: via('s3', encrypting(OBJECT)) };
    assert.deepEqual(
      [write, table, read].map((request) => [judge(source, request), judge(taskOfAnother, request)]),
      [
        ['allowed', 'silent'],
        ['allowed', 'silent'],
        ['allowed', 'allowed'],
      ],
    );
  });

  it('the bucket’s policy denies everyone without TLS 1.2, and allows other accounts only exports', () => {
    const policy = readPolicy(bucketPolicy({ bucketArn: BUCKET, prefix: 'pre', writerArns: [ROLE] }));
    const principal = (...arns: string[]): Principal => ({ kind: 'AWS', account: ACCOUNT, arns });
    const writer = principal(ROLE);
    const tls = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };
    const ask = (action: string, resource: string, who: Principal, context = tls) =>
      judge(policy, { action, resource, context }, who);
    assert.equal(ask('s3:PutObject', OBJECT, writer), 'allowed');
    assert.equal(ask('s3:PutObject', OBJECT, writer, { ...tls, 'aws:SecureTransport': 'false' }), 'denied');
    assert.equal(ask('s3:PutObject', OBJECT, writer, { ...tls, 's3:TlsVersion': '1.1' }), 'denied');
    assert.equal(ask('s3:ListBucket', BUCKET, writer, { ...tls, 'aws:SecureTransport': 'false' }), 'denied');
    assert.equal(ask('s3:GetObject', OBJECT, writer), 'silent');
    assert.equal(ask('s3:PutObject', `${BUCKET}/other/x`, writer), 'silent');
    assert.equal(ask('s3:PutObject', OBJECT, principal(`arn:aws:iam::${ACCOUNT}:role/x`)), 'silent');
  });
});
