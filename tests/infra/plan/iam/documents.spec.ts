import assert from 'node:assert/strict';
import {
  executionDocument,
  POLICY_LIMITS,
  type PolicyDocument,
  policyText,
  readerDocument,
  sourceRoleDocument,
  taskDocument,
} from '../../../../infra/plan/iam/documents';
import { bucketPolicy, topicPolicy } from '../../../../infra/plan/iam/resource-policies';
import type { ExportGrant, TableGrant } from '../../../../infra/plan/iam/statements';
import { readerTrust, tasksTrust, trustsTasks } from '../../../../infra/plan/iam/trust';
import { matchesSnapshot } from '../../snapshot';

/** Resources as the tests name them. */
const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';
const OTHER_ACCOUNT = '210987654321';

const tableArn = (name: string, account = ACCOUNT) => `arn:aws:dynamodb:${REGION}:${account}:table/${name}`;
const keyArn = (id: string) => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${id}`;
const secretArn = (name: string) => `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}`;

const orders: TableGrant = { arn: tableArn('orders') };
const customers: TableGrant = { arn: tableArn('customers') };
const exportsGrant: ExportGrant = {
  arn: 'arn:aws:s3:::my-exports',
  prefix: 'replicator/dev',
  isForeign: false,
};

const plain = { tables: [orders], exports: exportsGrant, secrets: [] };
const LOG_GROUP = `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:/dynamodb-replicator/orders-dev`;

/** Action → resources that it is allowed on. */
function rights({ Statement }: PolicyDocument): Record<string, readonly string[]> {
  return Object.fromEntries(
    Statement.flatMap(({ Action, Resource }) => Action.map((action) => [action, Resource])),
  );
}

const statement = (document: PolicyDocument, sid: string) =>
  document.Statement.find(({ Sid }) => Sid === sid);

describe('the task role', () => {
  it('may do exactly what the runtime calls', () => {
    const table = tableArn('orders');
    const objects = 'arn:aws:s3:::my-exports/replicator/dev/*';
    assert.deepEqual(rights(taskDocument(plain)), {
      'dynamodb:DescribeContinuousBackups': [table],
      'dynamodb:DescribeTable': [table],
      'dynamodb:ExportTableToPointInTime': [table],
      'dynamodb:DescribeExport': [`${table}/export/*`],
      'dynamodb:DescribeStream': [`${table}/stream/*`],
      'dynamodb:GetRecords': [`${table}/stream/*`],
      'dynamodb:GetShardIterator': [`${table}/stream/*`],
      's3:AbortMultipartUpload': [objects],
      's3:PutObject': [objects],
      's3:GetObject': [objects],
      's3:ListBucket': ['arn:aws:s3:::my-exports'],
    });
  });

  it('is the same for any order of the tables', () => {
    assert.deepEqual(
      taskDocument({ ...plain, tables: [orders, customers] }),
      taskDocument({ ...plain, tables: [customers, orders] }),
    );
  });

  it('names each table', () => {
    const document = taskDocument({ ...plain, tables: [orders, customers] });
    assert.deepEqual(rights(document)['dynamodb:GetRecords'], [
      `${tableArn('customers')}/stream/*`,
      `${tableArn('orders')}/stream/*`,
    ]);
    matchesSnapshot('task-policy', document);
  });

  it('lists the bucket below its prefix only, so S3 can answer 404', () => {
    assert.deepEqual(statement(taskDocument(plain), 'FindExports')?.Condition, {
      StringLikeIfExists: { 's3:prefix': ['replicator/dev/*'] },
    });
    const whole = taskDocument({ ...plain, exports: { ...exportsGrant, prefix: undefined } });
    assert.equal(statement(whole, 'FindExports')?.Condition, undefined);
    assert.deepEqual(rights(whole)['s3:GetObject'], ['arn:aws:s3:::my-exports/*']);
  });

  it('may use keys only through their service', () => {
    const document = taskDocument({
      tables: [{ ...orders, kmsKeyArn: keyArn('table') }],
      exports: { ...exportsGrant, kmsKeyArn: keyArn('exports') },
      secrets: [{ arn: secretArn('warehouse-a1b2c3'), kmsKeyArn: keyArn('secret') }],
    });
    matchesSnapshot('task-policy-keys', document);
    for (const { Action, Condition } of document.Statement) {
      if (Action.some((action) => action.startsWith('kms:')))
        assert.match(JSON.stringify(Condition), /"kms:ViaService":"(dynamodb|s3|secretsmanager)\.eu-west-1/);
    }
  });

  it('may use the keys of buckets and secrets elsewhere through the service there', () => {
    const elsewhere = (name: string, region: string) => keyArn(name).replace('eu-west-1', region);
    const document = taskDocument({
      tables: [orders],
      exports: { ...exportsGrant, kmsKeyArn: elsewhere('exports', 'us-east-1') },
      secrets: [
        { arn: secretArn('one-a1b2c3'), kmsKeyArn: elsewhere('secret', 'us-west-2') },
        { arn: secretArn('two-a1b2c3'), kmsKeyArn: keyArn('secret') },
      ],
    });
    const services = (sid: string) =>
      statement(document, sid)?.Condition?.['StringEquals']?.['kms:ViaService'];
    assert.equal(services('EncryptExports'), 's3.us-east-1.amazonaws.com');
    assert.equal(services('DecryptExports'), 's3.us-east-1.amazonaws.com');
    assert.deepEqual(services('ReadDestinationSecretKey'), [
      'secretsmanager.eu-west-1.amazonaws.com',
      'secretsmanager.us-west-2.amazonaws.com',
    ]);
  });

  it('hands over exports in another account’s bucket, and only there', () => {
    const document = taskDocument({ ...plain, exports: { ...exportsGrant, isForeign: true } });
    assert.deepEqual(rights(document)['s3:PutObjectAcl'], rights(document)['s3:PutObject']);
    assert.equal(rights(taskDocument(plain))['s3:PutObjectAcl'], undefined);
  });

  it('reads the destination’s secret, exactly that one', () => {
    const of = (name: string) =>
      rights(taskDocument({ ...plain, secrets: [{ arn: secretArn(name) }] }))[
        'secretsmanager:GetSecretValue'
      ];
    assert.deepEqual(of('warehouse-a1b2c3'), [secretArn('warehouse-a1b2c3')]);
    assert.deepEqual(of('warehouse'), [secretArn('warehouse-??????')]);
  });

  it('for tables of another account, assumes the role there, and reads the exports itself', () => {
    const sourceRoleArn = `arn:aws:iam::${OTHER_ACCOUNT}:role/orders-reader`;
    const tables = [{ arn: tableArn('orders', OTHER_ACCOUNT) }];
    const task = taskDocument({ ...plain, tables, sourceRoleArn });
    assert.deepEqual(Object.keys(rights(task)), ['sts:AssumeRole', 's3:GetObject', 's3:ListBucket']);
    const source = sourceRoleDocument({ tables, exports: exportsGrant });
    matchesSnapshot('source-role-policy', source);
    assert.equal(rights(source)['s3:GetObject'], undefined);
  });

  describe('with the tables’ key attributes, to heal gaps,', () => {
    const healing = { ...orders, keyAttributes: ['orderId', 'line'] };
    const keyRights = (document: PolicyDocument) =>
      document.Statement.filter(({ Sid }) => Sid.startsWith('ReadKeys'));

    it('may read these attributes of the table, and neither others, nor whole items, nor indexes', () => {
      const document = taskDocument({ ...plain, tables: [healing] });
      matchesSnapshot('task-keys-policy', document);
      assert.deepEqual(keyRights(document), [
        {
          Sid: 'ReadKeys',
          Effect: 'Allow',
          Action: ['dynamodb:BatchGetItem'],
          Resource: [tableArn('orders')],
          Condition: {
            'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['line', 'orderId'] },
            Null: { 'dynamodb:Attributes': 'false' },
            StringEquals: { 'dynamodb:Select': 'SPECIFIC_ATTRIBUTES' },
          },
        },
      ]);
    });

    it('may do nothing else in addition, and without them exactly what it could before', () => {
      const without = taskDocument(plain);
      const added = taskDocument({ ...plain, tables: [healing] });
      assert.deepEqual(
        added.Statement.filter(({ Sid }) => Sid !== 'ReadKeys'),
        without.Statement,
      );
      const empty = taskDocument({ ...plain, tables: [{ ...orders, keyAttributes: [] }] });
      assert.equal(JSON.stringify(empty), JSON.stringify(without));
    });

    it('may read of each table only its own key: those with the same key share a statement', () => {
      const tables = [
        { arn: tableArn('returns'), keyAttributes: ['line', 'orderId'] },
        { ...customers, keyAttributes: ['id'] },
        healing,
        { arn: tableArn('elsewhere') },
      ];
      const document = taskDocument({ ...plain, tables });
      assert.deepEqual(
        keyRights(document).map(({ Sid, Resource, Condition }) => [
          Sid,
          Resource,
          Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes'],
        ]),
        [
          ['ReadKeys', [tableArn('customers')], ['id']],
          ['ReadKeys2', [tableArn('orders'), tableArn('returns')], ['line', 'orderId']],
        ],
      );
      assert.deepEqual(document, taskDocument({ ...plain, tables: tables.reverse() }));
    });

    it('reads them through the role of the other account, if there is one', () => {
      const sourceRoleArn = `arn:aws:iam::${OTHER_ACCOUNT}:role/orders-reader`;
      const tables = [{ arn: tableArn('orders', OTHER_ACCOUNT), keyAttributes: ['orderId'] }];
      assert.deepEqual(keyRights(taskDocument({ ...plain, tables, sourceRoleArn })), []);
      const [statement, ...others] = keyRights(sourceRoleDocument({ tables, exports: exportsGrant }));
      assert.deepEqual([statement?.Resource, others], [[tableArn('orders', OTHER_ACCOUNT)], []]);
    });

    it('does not let a service account read them', () => {
      const reader = (tables: readonly TableGrant[]) =>
        JSON.stringify(readerDocument({ tables, exports: exportsGrant, listing: true }));
      assert.equal(reader([healing]), reader([orders]));
    });

    it('names the way out if that makes the policy too long for IAM', () => {
      const tables = Array.from({ length: 40 }, (_, index) => ({
        arn: tableArn(`orders-of-shop-${index}`),
        keyAttributes: [`orderOfShop${index}`],
      }));
      assert.throws(
        () => policyText(taskDocument({ ...plain, tables }), 'inline', 'it'),
        /move some of the tables to a second replicator, or set settings\.onGap to wait, which needs no permission to read keys\.$/,
      );
    });
  });

  it('is refused if it is too long for IAM', () => {
    const tables = Array.from({ length: 60 }, (_, index) => ({ arn: tableArn(`orders-of-shop-${index}`) }));
    const document = taskDocument({ ...plain, tables });
    assert.throws(() => policyText(document, 'inline', 'policy of the task role'), {
      name: 'UnsuitableResource',
      message: `policy of the task role: it has ${JSON.stringify(document).length} characters, but IAM allows ${POLICY_LIMITS.inline}: move some of the tables to a second replicator.`,
    });
    const few = taskDocument({ ...plain, tables: tables.slice(0, 30) });
    assert.equal(policyText(few, 'inline', 'it'), JSON.stringify(few));
  });
});

describe('the execution role', () => {
  const repositoryArn = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/replicator`;

  it('pulls the image, writes the log, and puts secrets into the environment', () => {
    const document = executionDocument({
      logGroupArn: LOG_GROUP,
      repositoryArns: [repositoryArn],
      registrySecrets: [],
      injectedSecrets: [{ arn: secretArn('warehouse-url-a1b2c3') }],
    });
    matchesSnapshot('execution-policy', document);
    assert.deepEqual(rights(document), {
      'ecr:GetAuthorizationToken': ['*'],
      'ecr:BatchCheckLayerAvailability': [repositoryArn],
      'ecr:BatchGetImage': [repositoryArn],
      'ecr:GetDownloadUrlForLayer': [repositoryArn],
      'logs:CreateLogStream': [`${LOG_GROUP}:log-stream:*`],
      'logs:PutLogEvents': [`${LOG_GROUP}:log-stream:*`],
      'secretsmanager:GetSecretValue': [secretArn('warehouse-url-a1b2c3')],
    });
  });

  it('pulls from the repositories of all containers, and reads the credentials of a private registry', () => {
    const agent = `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/agent`;
    const document = executionDocument({
      logGroupArn: LOG_GROUP,
      repositoryArns: [repositoryArn, agent],
      registrySecrets: [{ arn: secretArn('registry-a1b2c3'), kmsKeyArn: keyArn('registry') }],
      injectedSecrets: [],
    });
    matchesSnapshot('execution-private-registry-policy', document);
    const { 'ecr:BatchGetImage': pulled, 'kms:Decrypt': decrypted, ...rest } = rights(document);
    assert.deepEqual(pulled, [agent, repositoryArn]);
    assert.deepEqual(decrypted, [keyArn('registry')]);
    assert.deepEqual(rest['secretsmanager:GetSecretValue'], [secretArn('registry-a1b2c3')]);
  });

  it('gets no ECR permissions if the image is elsewhere, and accepts a log group’s ARN as AWS writes it', () => {
    const document = executionDocument({
      logGroupArn: `${LOG_GROUP}:*`,
      repositoryArns: [],
      registrySecrets: [],
      injectedSecrets: [],
    });
    assert.deepEqual(rights(document), {
      'logs:CreateLogStream': [`${LOG_GROUP}:log-stream:*`],
      'logs:PutLogEvents': [`${LOG_GROUP}:log-stream:*`],
    });
  });
});

describe('the service account', () => {
  it('may do what Artie’s page lists, each action on the narrowest resource', () => {
    const document = readerDocument({
      tables: [orders],
      exports: { ...exportsGrant, prefix: undefined },
      listing: true,
    });
    matchesSnapshot('service-account-policy', document);
    const actions = Object.keys(rights(document));
    for (const action of [
      'dynamodb:GetShardIterator',
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:ListStreams',
      'dynamodb:DescribeContinuousBackups',
      'dynamodb:DescribeTable',
      'dynamodb:ListExports',
      'dynamodb:DescribeExport',
      'dynamodb:ExportTableToPointInTime',
      's3:ListBucket',
      's3:GetObject',
      's3:PutObject',
      's3:GetBucketLocation',
    ]) {
      assert.ok(actions.includes(action), action);
    }
    assert.deepEqual(
      Object.entries(rights(document))
        .filter(([, resources]) => resources.includes('*'))
        .map(([action]) => action),
      ['dynamodb:ListExports', 'dynamodb:ListStreams'],
    );
  });

  it('lists nothing with listing: false', () => {
    const document = readerDocument({
      tables: [orders],
      exports: exportsGrant,
      listing: false,
    });
    assert.ok(!JSON.stringify(document).includes('"*"'));
  });
});

describe('trust', () => {
  const place = { partition: 'aws', account: ACCOUNT, region: REGION };

  it('of task roles is for ECS of this account and region', () => {
    matchesSnapshot('tasks-trust', tasksTrust(place));
  });

  it('of a reader’s role is for a service, for an account with an external id, or for the user', () => {
    matchesSnapshot('reader-trust', {
      service: readerTrust({ kind: 'service', service: 'ec2.amazonaws.com' }, 'aws'),
      account: readerTrust({ kind: 'account', account: OTHER_ACCOUNT, externalId: 'reader-7f3a' }, 'aws'),
      user: readerTrust({ kind: 'principal', arn: `arn:aws:iam::${ACCOUNT}:user/reader` }, 'aws'),
    });
  });
});

describe('resource policies', () => {
  it('of the export bucket deny connections without TLS 1.2 or newer, and no principal', () => {
    const policy = bucketPolicy({
      bucketArn: 'arn:aws:s3:::my-exports',
      prefix: 'replicator/dev',
      writerArns: [`arn:aws:iam::${OTHER_ACCOUNT}:role/orders-reader`],
    });
    matchesSnapshot('bucket-policy', policy);
    for (const { Effect, Principal } of policy.Statement) if (Effect === 'Deny') assert.equal(Principal, '*');
  });

  it('of the alarm topic let alarms and rules of this account publish', () => {
    matchesSnapshot('topic-policy', topicPolicy(`arn:aws:sns:${REGION}:${ACCOUNT}:alarms`, ACCOUNT));
  });
});

describe('the trust policy of an existing role', () => {
  const service = { Service: 'ecs-tasks.amazonaws.com' };
  const policies: readonly (readonly [what: string, statement: unknown, trusted: boolean])[] = [
    [
      'of a role that the stack creates',
      tasksTrust({ partition: 'aws', account: ACCOUNT, region: REGION }).Statement,
      true,
    ],
    ['with a single statement', { Effect: 'Allow', Principal: service, Action: 'sts:AssumeRole' }, true],
    [
      'with a list of services and actions',
      [
        {
          Effect: 'Allow',
          Principal: { Service: ['ec2.amazonaws.com', service.Service] },
          Action: ['sts:TagSession', 'sts:AssumeRole'],
        },
      ],
      true,
    ],
    [
      'that allows another service',
      [{ Effect: 'Allow', Principal: { Service: 'ecs.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      false,
    ],
    ['that denies the service', [{ Effect: 'Deny', Principal: service, Action: 'sts:AssumeRole' }], false],
    [
      'that allows another action',
      [{ Effect: 'Allow', Principal: service, Action: 'sts:TagSession' }],
      false,
    ],
    [
      'that allows an account',
      [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 'sts:AssumeRole' }],
      false,
    ],
    ['that allows everybody', [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }], false],
  ];
  for (const [what, Statement, trusted] of policies)
    it(`${what} ${trusted ? 'lets' : 'does not let'} ECS tasks assume it`, () => {
      assert.equal(trustsTasks(JSON.stringify({ Version: '2012-10-17', Statement })), trusted);
    });
});
