import assert from 'node:assert/strict';
import {
  Columns,
  DynamoDBReplicator,
  type DynamoDBReplicatorArgs,
  LogFormat,
  TableManagement,
} from '../../infra';
import { replicatorProblems } from '../../infra/validate/replicator';

const IMAGE = `ghcr.io/somebody/replicator@sha256:${'0'.repeat(64)}`;
const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:warehouse-a1b2c3';
const postgres = { host: 'warehouse.internal', passwordSecretArn: SECRET };

const plain: DynamoDBReplicatorArgs = {
  tables: [{ name: 'orders' }],
  destination: { postgres },
  network: { vpcName: 'main' },
  image: { uri: IMAGE },
};

type Case = readonly [what: string, args: Partial<DynamoDBReplicatorArgs>, ...told: string[]];

const BUCKET_CREATED =
  'is for a bucket that is created here, and existingBucketName names one that exists: leave out one of the two';

const CASES: readonly Case[] = [
  ['no table', { tables: [] }, 'tables: name at least one table'],
  [
    'a table twice',
    { tables: [{ name: 'orders' }, { name: 'orders' }] },
    'tables: orders is named more than once',
  ],
  [
    'a table that nobody could have',
    { tables: [{ name: 'o' }] },
    'tables[0].name: expected a table name of 3 to 255 letters, digits, _ . -',
  ],
  [
    'a table written as the runtime would not',
    { tables: [{ name: 'orders', maxColumns: 0, columns: 'colums' as Columns }] },
    'tables[0].columns: expected columns or document; did you mean columns?',
    'tables[0].maxColumns: expected at least 1',
  ],
  [
    'two tables that would be written to one',
    { tables: [{ name: 'orders' }, { name: 'Orders' }] },
    'tables: orders and Orders would be written to one table, orders (upper and lower case count as the same); give each a destinationTable of its own, in a settings file',
  ],
  [
    'more columns than PostgreSQL has, for one table and for all',
    { tables: [{ name: 'orders', maxColumns: 500 }], settings: { maxColumns: 400 } },
    'settings.maxColumns: maxColumns is at most 315 with PostgreSQL, where a row has to fit into a page',
    'tables: maxColumns is at most 315 with PostgreSQL, where a row has to fit into a page',
  ],
  [
    'settings that contradict each other',
    { settings: { columns: Columns.Document, maxColumns: 100, poll: { minMs: 9_000 } } },
    'settings.maxColumns: has no meaning with columns: document',
    'settings.poll.minMs: 9000 is more than poll.maxMs, 5000',
  ],
  [
    'a log for people, which holds no metrics',
    { settings: { log: { format: LogFormat.Human } } },
    'settings.log.format: metrics are lines of a JSON log; set log.format to json',
  ],
  [
    'to manage tables of another account',
    {
      tables: [{ name: 'orders', management: TableManagement.Enable }],
      access: { sourceRole: { roleArn: 'arn:aws:iam::210987654321:role/r' } },
    },
    'tables[0].management: tables that are read by access.sourceRole are managed in their own account: leave it out',
  ],
  [
    'a DuckDB file',
    { destination: { duckdb: { path: 'orders.duckdb' } } },
    'destination.duckdb: a DuckDB file cannot be kept by a service: the disk of a Fargate task is gone with it, and on a shared file system its lock fails. Use destination.postgres, or run dynamodb-replicator run --to FILE.duckdb on a machine of your own',
  ],
  ['no destination', { destination: {} }, 'destination.postgres: say which PostgreSQL server the rows go to'],
  [
    'a server without a host',
    { destination: { postgres: { passwordSecretArn: SECRET } } },
    'destination.postgres.host: is needed, such as warehouse.internal',
  ],
  [
    'a server without a password',
    { destination: { postgres: { host: 'here' } } },
    'destination.postgres.passwordSecretArn: say where the password is: the ARN of a secret, or password as a secret of the configuration',
  ],
  [
    'two passwords',
    { destination: { postgres: { ...postgres, user: 'me', password: 'x' } } },
    'destination.postgres.password: the password comes from more than one of password, passwordSecretArn, url, urlSecretArn: leave one',
  ],
  [
    'a password without a user',
    { destination: { postgres: { host: 'here', password: 'x' } } },
    'destination.postgres.user: is needed, as password is the password alone',
  ],
  [
    'an address with parts beside it, and a port that is none',
    {
      destination: {
        postgres: { urlSecretArn: SECRET, host: 'here', user: 'me', database: 'db', port: 70_000 },
      },
    },
    'destination.postgres.host: stands in the address already',
    'destination.postgres.user: stands in the address already',
    'destination.postgres.database: stands in the address already',
    'destination.postgres.port: expected at most 65535',
  ],
  [
    'no network',
    { network: {} },
    'network.vpcId: name the VPC, either by vpcId with subnetIds or by vpcName',
  ],
  [
    'two VPCs',
    { network: { vpcId: 'vpc-1', subnetIds: ['subnet-a'], vpcName: 'main' } },
    'network.vpcId: name the VPC, either by vpcId with subnetIds or by vpcName',
  ],
  ['a VPC by id without subnets', { network: { vpcId: 'vpc-1' } }, 'network.subnetIds: is needed with vpcId'],
  [
    'no subnets',
    { network: { vpcId: 'vpc-1', subnetIds: [] } },
    'network.subnetIds: name at least one subnet',
  ],
  [
    'subnets by id in a VPC by name',
    { network: { vpcName: 'main', subnetIds: ['subnet-a'] } },
    'network.subnetIds: is for vpcId; with vpcName use subnetName',
  ],
  [
    'subnets by name in a VPC by id',
    { network: { vpcId: 'vpc-1', subnetIds: ['subnet-a'], subnetName: 'x' } },
    'network.subnetName: is for vpcName; with vpcId use subnetIds',
  ],
  [
    'an address range that is none',
    { network: { vpcName: 'main', destinationCidrs: ['10.0.0.1', '10.0.0.300/8', '10.0.0.0/33'] } },
    'network.destinationCidrs: expected an address range such as 10.20.0.0/16, not 10.0.0.1',
    'network.destinationCidrs: expected an address range such as 10.20.0.0/16, not 10.0.0.300/8',
    'network.destinationCidrs: expected an address range such as 10.20.0.0/16, not 10.0.0.0/33',
  ],
  [
    'no image',
    { image: {} },
    'image: give either image.uri, an image by digest, or image.build, to build it here with Docker',
  ],
  [
    'two images',
    { image: { uri: IMAGE, build: {} } },
    'image: give either image.uri, an image by digest, or image.build, to build it here with Docker',
  ],
  [
    'an image by its tag',
    { image: { uri: 'ghcr.io/somebody/replicator:latest' } },
    'image.uri: expected an image with its digest, NAME@sha256:…, as a tag can be moved: docker buildx imagetools inspect NAME:TAG tells it',
  ],
  [
    'a repository without an image to go back to',
    { image: { build: { keptImages: 1 } } },
    'image.build.keptImages: expected at least 2: the one that runs and the one before, to go back to',
  ],
  [
    'a table’s keys that are one, or nameless',
    {
      tables: [
        {
          name: 'orders',
          management: TableManagement.Managed,
          create: { partitionKey: { name: 'id' }, sortKey: { name: 'id' } },
        },
        {
          name: 'customers',
          management: TableManagement.Managed,
          create: { partitionKey: { name: '' } },
        },
      ],
    },
    'tables[0].create.sortKey.name: is the partition key’s: a table’s keys are two attributes',
    'tables[1].create.partitionKey.name: expected the name of an attribute, of 1 to 255 characters',
  ],
  [
    'an address of a server where its name belongs',
    { destination: { postgres: { ...postgres, host: 'postgres://warehouse.internal:5432/db' } } },
    'destination.postgres.host: expected a name or an address alone, such as warehouse.internal; port, database and user are arguments of their own',
  ],
  [
    'a file of authorities that the container would look for in /tmp',
    { destination: { postgres: { ...postgres, tlsCaFile: 'rds.pem' } } },
    'destination.postgres.tlsCaFile: expected the whole path of a file in the image, such as /etc/ssl/rds-global-bundle.pem',
  ],
  [
    'a key of a secret, as ECS names it',
    { destination: { postgres: { ...postgres, passwordSecretArn: `${SECRET}:password::` } } },
    'destination.postgres.passwordSecretArn: expected the ARN of a whole secret: leave out :password::; of JSON the key "password" is read',
  ],
  [
    'names where AWS’s own identifiers belong',
    {
      tables: [{ name: 'orders', accountId: '12345', kmsKeyArn: 'alias/orders' }],
      destination: {
        postgres: { host: 'here', passwordSecretArn: 'warehouse', secretKmsKeyArn: 'alias/aws/sm' },
      },
      network: { vpcId: 'main', subnetIds: ['private-a'], destinationSecurityGroupId: 'warehouse' },
      exportBucket: {
        existingBucketName: 's3://my-exports/here',
        existingBucketOwner: 'platform',
        kmsKeyArn: 'alias/exports',
      },
      access: { permissionsBoundaryArn: 'boundary', sourceRole: { roleArn: 'reader', externalId: 'ü' } },
      task: { clusterArn: 'shared', logKmsKeyArn: 'alias/logs' },
      monitoring: {
        alarmTopicArn: 'alarms',
      },
    },
    'tables[0].accountId: expected an account id of 12 digits',
    'tables[0].kmsKeyArn: expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID (policies take no alias)',
    'destination.postgres.passwordSecretArn: expected the ARN of a secret: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME',
    'destination.postgres.secretKmsKeyArn: expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID (policies take no alias)',
    'network.vpcId: expected a VPC such as vpc-0a1b2c3d, or its name as vpcName',
    'network.subnetIds[0]: expected a subnet such as subnet-0a1b2c3d',
    'network.destinationSecurityGroupId: expected a security group such as sg-0a1b2c3d',
    'exportBucket.existingBucketName: expected a bucket name of 3 to 63 lower-case letters, digits, . - (without s3:// and without a folder: that is prefix)',
    'exportBucket.existingBucketOwner: expected an account id of 12 digits (quoted in a YAML file)',
    'exportBucket.kmsKeyArn: expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID (policies take no alias)',
    'access.permissionsBoundaryArn: expected the ARN of a policy: arn:aws:iam::ACCOUNT:policy/NAME',
    'access.sourceRole.roleArn: expected the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME',
    'access.sourceRole.externalId: expected 2 to 1224 letters, digits, and + = , . @ : / _ -',
    'task.clusterArn: expected the ARN of an ECS cluster: arn:aws:ecs:REGION:ACCOUNT:cluster/NAME',
    'task.logKmsKeyArn: expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID (policies take no alias)',
    'monitoring.alarmTopicArn: expected the ARN of a topic: arn:aws:sns:REGION:ACCOUNT:NAME',
  ],
  [
    'writers of the bucket that are no roles',
    { exportBucket: { writerRoleArns: ['reader'] } },
    'exportBucket.writerRoleArns[0]: expected the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME',
  ],
  [
    'both kinds of bucket',
    {
      exportBucket: {
        existingBucketName: 'my-exports',
        expirationDays: 7,
        forceDestroy: true,
        writerRoleArns: ['arn:aws:iam::210987654321:role/r'],
      },
    },
    `exportBucket.expirationDays: ${BUCKET_CREATED}`,
    `exportBucket.forceDestroy: ${BUCKET_CREATED}`,
    `exportBucket.writerRoleArns: ${BUCKET_CREATED}`,
  ],
  [
    'an owner of a bucket that is created here',
    { exportBucket: { existingBucketOwner: '210987654321' } },
    'exportBucket.existingBucketOwner: is for a bucket that exists: name it with existingBucketName',
  ],
  [
    'a prefix with slashes',
    { exportBucket: { prefix: '/exports/' } },
    'exportBucket.prefix: expected a folder without slashes at its ends, such as replicator/dev',
  ],
  [
    'exports that are gone before they are loaded',
    { exportBucket: { expirationDays: 1 } },
    'exportBucket.expirationDays: expected whole days, at least 2: a load that was interrupted needs its export again',
  ],
  [
    'a path that is none',
    { access: { path: '/data' } },
    'access.path: expected an IAM path that begins and ends with /, such as /data/',
  ],
  [
    'a CPU that Fargate has not',
    { task: { cpu: 300 } },
    'task.cpu: Fargate has no 300; it has 256, 512, 1024, 2048, 4096, 8192, 16384 (1024 is one vCPU)',
  ],
  [
    'memory that does not go with the CPU',
    { task: { cpu: 1024, memoryMiB: 1024 } },
    'task.memoryMiB: 1024 does not go with cpu 1024; Fargate has 2048 to 8192 in steps of 1024 there',
  ],
  [
    'memory that does not go with the smallest CPU',
    { task: { cpu: 256, memoryMiB: 4096 } },
    'task.memoryMiB: 4096 does not go with cpu 256; Fargate has 512, 1024, 2048 there',
  ],
  [
    'days that CloudWatch has not',
    { task: { logRetentionDays: 31 } },
    'task.logRetentionDays: CloudWatch Logs knows 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 days, not 31',
  ],
  [
    'insights into a cluster of others',
    { task: { clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/c', containerInsights: true } },
    'task.containerInsights: is for a cluster of its own, and clusterArn names one that exists',
  ],
  [
    'alarms to two places, and to an address that is none',
    { monitoring: { alarmEmail: 'nobody', alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:a' } },
    'monitoring.alarmEmail: alarms go either to alarmEmail or to alarmTopicArn: leave out one of the two',
    'monitoring.alarmEmail: expected an address such as platform@example.com',
  ],
  [
    'a key for a topic that there is not',
    { monitoring: { topicKmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1' } },
    'monitoring.topicKmsKeyArn: is for a topic of its own, which alarmEmail asks for',
  ],
  [
    'thresholds that tell nothing',
    {
      monitoring: {
        lagMinutes: 0,
        hoursUntilLoss: 24,
        heartbeatMinutes: 1,
        budget: { monthlyUsd: 0, email: 'x' },
      },
    },
    'monitoring.lagMinutes: expected more than 0',
    'monitoring.hoursUntilLoss: expected more than 0 and less than 23: DynamoDB keeps stream records for 24 hours',
    'monitoring.heartbeatMinutes: expected whole minutes, at least 2: a heart beats once a minute',
    'monitoring.budget.monthlyUsd: expected more than 0',
    'monitoring.budget.email: expected an address such as platform@example.com',
  ],
  [
    'settings that the runtime would refuse',
    { settings: { maxColumns: 5000, poll: { listShardsMs: 60_000 }, timeouts: { stopMs: 119_000 } } },
    'settings.maxColumns: expected at most 1500',
    'settings.poll.listShardsMs: expected at most 30000',
    'settings.timeouts.stopMs: expected at most 115000: ECS kills the task after 120 s',
  ],
];

const ACCOUNTS: readonly (readonly [
  string,
  NonNullable<DynamoDBReplicatorArgs['access']>['serviceAccount'],
  string,
])[] = [
  [
    'neither role nor user',
    { role: false },
    'role: there is neither a role nor a user: leave serviceAccount out',
  ],
  [
    'a key without a user',
    { accessKey: true, trustedService: 'ec2.amazonaws.com' },
    'accessKey: is the user’s: set user too',
  ],
  [
    'a role that trusts two',
    { trustedService: 'ec2.amazonaws.com', trustedAccountId: '210987654321', externalId: 'reader-1' },
    'trustedService: the role trusts either trustedService or trustedAccountId: leave out one of the two',
  ],
  [
    'a role that trusts nobody',
    { role: true },
    'trustedAccountId: say who may assume the role: trustedAccountId with externalId, or trustedService',
  ],
  [
    'trust without a role',
    { role: false, user: true, trustedService: 'ec2.amazonaws.com' },
    'role: trustedService and trustedAccountId are for the role, and role is false',
  ],
  [
    'an external id for nobody',
    { trustedService: 'ec2.amazonaws.com', externalId: 'reader-1' },
    'externalId: is for callers of trustedAccountId, which is not given',
  ],
  [
    'an account without an external id',
    { trustedAccountId: '210987654321' },
    'externalId: is needed with trustedAccountId: without it another customer of that account’s owner could have it read for them',
  ],
  [
    'an account that is none',
    { trustedAccountId: '21', externalId: 'reader-1' },
    'trustedAccountId: expected an account id of 12 digits',
  ],
  [
    'a service that is none',
    { trustedService: 'ec2' },
    'trustedService: expected a service such as ec2.amazonaws.com',
  ],
];

const told = (args: Partial<DynamoDBReplicatorArgs>) =>
  replicatorProblems({ ...plain, ...args }).map(({ argument, problem }) => `${argument}: ${problem}`);

describe('what is refused before anything is created', () => {
  it('is not what is fine', () => {
    assert.deepEqual(told({}), []);
  });

  for (const [what, args, ...expected] of CASES) {
    it(what, () => {
      assert.deepEqual(told(args), expected);
    });
  }

  describe('as a service account:', () => {
    for (const [what, serviceAccount, expected] of ACCOUNTS) {
      it(what, () => {
        assert.deepEqual(told({ access: { serviceAccount: serviceAccount! } }), [
          `access.serviceAccount.${expected}`,
        ]);
      });
    }
  });

  it('is told all at once', () => {
    assert.throws(
      () => new DynamoDBReplicator('replicator', { ...plain, tables: [], image: {}, task: { cpu: 1 } }),
      {
        name: 'InvalidArguments',
        message: [
          'DynamoDBReplicator replicator: 3 arguments are wrong; nothing was created.',
          '  tables: name at least one table',
          '  image: give either image.uri, an image by digest, or image.build, to build it here with Docker',
          '  task.cpu: Fargate has no 1; it has 256, 512, 1024, 2048, 4096, 8192, 16384 (1024 is one vCPU)',
        ].join('\n'),
      },
    );
  });
});
