import assert from 'node:assert/strict';
import {
  Columns,
  DynamoDBReplicator,
  type DynamoDBReplicatorArgs,
  LogFormat,
  OnGap,
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

type Case = readonly [what: string, args: Partial<DynamoDBReplicatorArgs>, ...messages: string[]];

const BUCKET_CREATED =
  'only applies to a bucket that is created, but existingBucketName names an existing one: remove one of the two';

const CASES: readonly Case[] = [
  ['no table', { tables: [] }, 'tables: name at least one table'],
  [
    'a table twice',
    { tables: [{ name: 'orders' }, { name: 'orders' }] },
    'tables: orders is listed more than once',
  ],
  [
    'a table name that DynamoDB does not allow',
    { tables: [{ name: 'o' }] },
    'tables[0].name: expected a table name of 3 to 255 letters, digits, _ . -',
  ],
  [
    'table settings that the runtime would refuse',
    { tables: [{ name: 'orders', maxColumns: 0, columns: 'colums' as Columns }] },
    'tables[0].columns: expected columns or document; did you mean columns?',
    'tables[0].maxColumns: expected at least 1',
  ],
  [
    'two tables with the same destination table',
    { tables: [{ name: 'orders' }, { name: 'Orders' }] },
    'tables: orders and Orders would be written to the same table, orders (case does not count); set destinationTable for each in a settings file',
  ],
  [
    'more columns than PostgreSQL allows, for one table and for all',
    { tables: [{ name: 'orders', maxColumns: 500 }], settings: { maxColumns: 400 } },
    'settings.maxColumns: maxColumns is at most 315 with PostgreSQL, where a row has to fit into a page',
    'tables: maxColumns is at most 315 with PostgreSQL, where a row has to fit into a page',
  ],
  [
    'limits of healing when gaps are not healed',
    { settings: { onGap: OnGap.Wait, heal: { maxUsd: 20 } } },
    'settings.heal.maxUsd: applies only with onGap: heal; it is wait',
  ],
  [
    'limits of healing that are out of bounds',
    { settings: { heal: { maxUsd: -1, readUnitsPerSecond: 0 } } },
    'settings.heal.maxUsd: expected at least 0',
    'settings.heal.readUnitsPerSecond: expected at least 1',
  ],
  [
    'key attributes of a table of this account',
    { tables: [{ name: 'orders', keyAttributes: ['orderId'] }] },
    'tables[0].keyAttributes: only works for a table of another account; those of the stack’s account are looked up',
  ],
  [
    'settings that contradict each other',
    { settings: { columns: Columns.Document, maxColumns: 100, poll: { minMs: 9_000 } } },
    'settings.maxColumns: does not apply with columns: document',
    'settings.poll.minMs: 9000 is more than poll.maxMs (5000)',
  ],
  [
    'a human-readable log, which cannot carry metrics',
    { settings: { log: { format: LogFormat.Human } } },
    'settings.log.format: metrics need a JSON log; set log.format to json',
  ],
  [
    'managing tables of another account',
    {
      tables: [{ name: 'orders', management: TableManagement.Enable }],
      access: { sourceRole: { roleArn: 'arn:aws:iam::210987654321:role/r' } },
    },
    'tables[0].management: tables that access.sourceRole reads are managed in their own account: remove management',
  ],
  [
    'a DuckDB file',
    { destination: { duckdb: { path: 'orders.duckdb' } } },
    'destination.duckdb: a service cannot keep a DuckDB file: the disk of a Fargate task does not outlive it, and on a shared file system the file’s lock fails. Use destination.postgres, or run dynamodb-replicator run --to FILE.duckdb on your own machine',
  ],
  [
    'no destination',
    { destination: {} },
    'destination.postgres: is required: name the PostgreSQL server that the rows go to',
  ],
  [
    'a server without a host',
    { destination: { postgres: { passwordSecretArn: SECRET } } },
    'destination.postgres.host: is required, such as warehouse.internal',
  ],
  [
    'a server without a password',
    { destination: { postgres: { host: 'here' } } },
    'destination.postgres.passwordSecretArn: the password is missing: set the ARN of a secret, or password as a secret value',
  ],
  [
    'two passwords',
    { destination: { postgres: { ...postgres, user: 'me', password: 'x' } } },
    'destination.postgres.password: more than one of password, passwordSecretArn, url and urlSecretArn is set: keep one',
  ],
  [
    'a password without a user',
    { destination: { postgres: { host: 'here', password: 'x' } } },
    'destination.postgres.user: is required: password contains no user name',
  ],
  [
    'an address together with parts of it, and an invalid port',
    {
      destination: {
        postgres: { urlSecretArn: SECRET, host: 'here', user: 'me', database: 'db', port: 70_000 },
      },
    },
    'destination.postgres.host: is already part of the address: remove it',
    'destination.postgres.user: is already part of the address: remove it',
    'destination.postgres.database: is already part of the address: remove it',
    'destination.postgres.port: expected at most 65535',
  ],
  [
    'a prefix that AWS would refuse in a name',
    { names: { prefix: 'orders dev' } },
    'names.prefix: expected at most 40 letters, digits, - and _, such as orders-dev: a letter first, and no - or _ at the end',
  ],
  [
    'names for what is not created, and those that AWS refuses',
    {
      exportBucket: { existingBucketName: 'my-exports', bucketName: 'my-exports' },
      access: {
        serviceAccount: {
          trustedService: 'ec2.amazonaws.com',
          roleName: 'my role',
          policyDescription: 'reads\ntables',
          userName: 'artie',
          groupName: 'readers',
        },
      },
    },
    `exportBucket.bucketName: ${BUCKET_CREATED}`,
    'access.serviceAccount.roleName: expected at most 64 letters, digits and _+=,.@-',
    'access.serviceAccount.policyDescription: expected 1 to 1000 characters without line breaks',
    'access.serviceAccount.userName: names the user: set user too',
    'access.serviceAccount.groupName: names the group of the user: set user too',
  ],
  ['no network', { network: {} }, 'network.vpcId: name the VPC: set either vpcId and subnetIds, or vpcName'],
  [
    'two VPCs',
    { network: { vpcId: 'vpc-1', subnetIds: ['subnet-a'], vpcName: 'main' } },
    'network.vpcId: name the VPC: set either vpcId and subnetIds, or vpcName',
  ],
  [
    'a VPC by id without subnets',
    { network: { vpcId: 'vpc-1' } },
    'network.subnetIds: is required with vpcId',
  ],
  [
    'no subnets',
    { network: { vpcId: 'vpc-1', subnetIds: [] } },
    'network.subnetIds: name at least one subnet',
  ],
  [
    'subnets by id in a VPC by name',
    { network: { vpcName: 'main', subnetIds: ['subnet-a'] } },
    'network.subnetIds: only works with vpcId; with vpcName, use subnetName',
  ],
  [
    'subnets by name in a VPC by id',
    { network: { vpcId: 'vpc-1', subnetIds: ['subnet-a'], subnetName: 'x' } },
    'network.subnetName: only works with vpcName; with vpcId, use subnetIds',
  ],
  [
    'invalid address ranges',
    { network: { vpcName: 'main', destinationCidrs: ['10.0.0.1', '10.0.0.300/8', '10.0.0.0/33'] } },
    'network.destinationCidrs: expected an address range such as 10.20.0.0/16, not 10.0.0.1',
    'network.destinationCidrs: expected an address range such as 10.20.0.0/16, not 10.0.0.300/8',
    'network.destinationCidrs: expected an address range such as 10.20.0.0/16, not 10.0.0.0/33',
  ],
  [
    'no image',
    { image: {} },
    'image: set either image.uri, an image by its digest, or image.build, to build it here with Docker',
  ],
  [
    'two images',
    { image: { uri: IMAGE, build: {} } },
    'image: set either image.uri, an image by its digest, or image.build, to build it here with Docker',
  ],
  [
    'an image named by a tag',
    { image: { uri: 'ghcr.io/somebody/replicator:latest' } },
    'image.uri: expected an image with its digest, NAME@sha256:…, because a tag can be moved: docker buildx imagetools inspect NAME:TAG prints it',
  ],
  [
    'a repository that keeps no image to roll back to',
    { image: { build: { keptImages: 1 } } },
    'image.build.keptImages: expected at least 2: the image that runs, and the previous one to roll back to',
  ],
  [
    'two keys with the same name, or a key without a name',
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
    'tables[0].create.sortKey.name: is the same as the partition key’s name: the two keys of a table must be different attributes',
    'tables[1].create.partitionKey.name: expected the name of an attribute: 1 to 255 characters',
  ],
  [
    'an address in place of a host name',
    { destination: { postgres: { ...postgres, host: 'postgres://warehouse.internal:5432/db' } } },
    'destination.postgres.host: expected only a host name or an IP address, such as warehouse.internal; port, database and user are separate arguments',
  ],
  [
    'a port after the host name',
    { destination: { postgres: { ...postgres, host: 'warehouse.internal:5432' } } },
    'destination.postgres.host: includes a port: set the argument port instead',
  ],
  [
    'a relative path of a file of authorities',
    { destination: { postgres: { ...postgres, tlsCaFile: 'rds.pem' } } },
    'destination.postgres.tlsCaFile: expected the absolute path of a file in the image, such as /etc/ssl/rds-global-bundle.pem',
  ],
  [
    'authorities from a file and from a secret',
    { destination: { postgres: { ...postgres, tlsCaFile: '/etc/ca.pem', tlsCaSecretArn: SECRET } } },
    'destination.postgres.tlsCaSecretArn: the authorities come from tlsCaFile and tlsCaSecretArn: keep one',
  ],
  [
    'a key for a secret of authorities that is not named',
    {
      destination: {
        postgres: { ...postgres, tlsCaSecretKmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1' },
      },
    },
    'destination.postgres.tlsCaSecretKmsKeyArn: only works with tlsCaSecretArn',
  ],
  [
    'certificates in place of the ARN of their secret',
    { destination: { postgres: { ...postgres, tlsCaSecretArn: '-----BEGIN CERTIFICATE-----' } } },
    'destination.postgres.tlsCaSecretArn: expected the ARN of a secret: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME',
  ],
  [
    'a single key of a secret, in ECS’s notation',
    { destination: { postgres: { ...postgres, passwordSecretArn: `${SECRET}:password::` } } },
    'destination.postgres.passwordSecretArn: expected the ARN of a whole secret: leave out :password::. The replicator reads the key "password" of a JSON secret',
  ],
  [
    'names in place of AWS’s identifiers',
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
    'tables[0].kmsKeyArn: expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID (not an alias: policies do not accept one)',
    'destination.postgres.passwordSecretArn: expected the ARN of a secret: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME',
    'destination.postgres.secretKmsKeyArn: expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID (not an alias: policies do not accept one)',
    'network.vpcId: expected a VPC id such as vpc-0a1b2c3d; to use the VPC’s name, set vpcName',
    'network.subnetIds[0]: expected a subnet id such as subnet-0a1b2c3d',
    'network.destinationSecurityGroupId: expected a security group id such as sg-0a1b2c3d',
    'exportBucket.existingBucketName: expected a bucket name: 3 to 63 lower-case letters, digits, . or - (no s3://, and no folder: use prefix for that)',
    'exportBucket.existingBucketOwner: expected an account id of 12 digits (quoted in a YAML file)',
    'exportBucket.kmsKeyArn: expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID (not an alias: policies do not accept one)',
    'access.permissionsBoundaryArn: expected the ARN of a policy: arn:aws:iam::ACCOUNT:policy/NAME',
    'access.sourceRole.roleArn: expected the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME',
    'access.sourceRole.externalId: expected 2 to 1224 letters, digits, and + = , . @ : / _ -',
    'task.clusterArn: expected the ARN of an ECS cluster: arn:aws:ecs:REGION:ACCOUNT:cluster/NAME',
    'task.logKmsKeyArn: expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID (not an alias: policies do not accept one)',
    'monitoring.alarmTopicArn: expected the ARN of a topic: arn:aws:sns:REGION:ACCOUNT:NAME',
  ],
  [
    'bucket writers that are not roles',
    { exportBucket: { writerRoleArns: ['reader'] } },
    'exportBucket.writerRoleArns[0]: expected the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME',
  ],
  [
    'an existing bucket with settings of a created one',
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
    'an owner of a bucket that is created',
    { exportBucket: { existingBucketOwner: '210987654321' } },
    'exportBucket.existingBucketOwner: only applies to an existing bucket: name it in existingBucketName',
  ],
  [
    'a prefix with slashes',
    { exportBucket: { prefix: '/exports/' } },
    'exportBucket.prefix: expected a folder without a leading or trailing slash, such as replicator/dev',
  ],
  [
    'exports that are deleted before they are loaded',
    { exportBucket: { expirationDays: 1 } },
    'exportBucket.expirationDays: expected a whole number of days, at least 2: an interrupted load needs its export again',
  ],
  [
    'an invalid path',
    { access: { path: '/data' } },
    'access.path: expected an IAM path that begins and ends with /, such as /data/',
  ],
  [
    'settings of roles that are not created',
    {
      access: {
        taskRoleArn: 'arn:aws:iam::123456789012:role/task',
        executionRoleArn: 'execution',
        path: '/data/',
        permissionsBoundaryArn: 'arn:aws:iam::123456789012:policy/boundary',
      },
    },
    'access.executionRoleArn: expected the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME',
    'access.path: only applies to roles that are created, but both roles exist: remove it',
    'access.permissionsBoundaryArn: only applies to roles that are created, but both roles exist: remove it',
  ],
  [
    'policies for existing roles, without such a role',
    { access: { attachPolicies: true } },
    'access.attachPolicies: only applies to existing roles: set taskRoleArn or executionRoleArn, or remove attachPolicies',
  ],
  [
    'a CPU size that Fargate does not support',
    { task: { cpu: 300 } },
    'task.cpu: Fargate does not support 300; choose one of 256, 512, 1024, 2048, 4096, 8192, 16384 (1024 is one vCPU)',
  ],
  [
    'a memory size that Fargate does not support with the CPU',
    { task: { cpu: 1024, memoryMiB: 1024 } },
    'task.memoryMiB: Fargate does not support 1024 with cpu 1024; choose 2048 to 8192 in steps of 1024',
  ],
  [
    'a memory size that Fargate does not support with the smallest CPU',
    { task: { cpu: 256, memoryMiB: 4096 } },
    'task.memoryMiB: Fargate does not support 4096 with cpu 256; choose 512, 1024, 2048',
  ],
  [
    'a disk of the size that every task has',
    { task: { ephemeralStorageGiB: 20 } },
    'task.ephemeralStorageGiB: expected a whole number of GiB from 21 to 200: every task has 20, and Fargate offers no more than 200',
  ],
  [
    'a disk larger than Fargate’s largest',
    { task: { ephemeralStorageGiB: 201 } },
    'task.ephemeralStorageGiB: expected a whole number of GiB from 21 to 200: every task has 20, and Fargate offers no more than 200',
  ],
  [
    'an empty list of security groups',
    { task: { securityGroupIds: [] } },
    'task.securityGroupIds: expected 1 to 5 security groups; without securityGroupIds, one is created',
  ],
  [
    'six security groups, one of them by its name',
    { task: { securityGroupIds: ['sg-1', 'sg-2', 'sg-3', 'sg-4', 'sg-5', 'replicator'] } },
    'task.securityGroupIds: expected 1 to 5 security groups; without securityGroupIds, one is created',
    'task.securityGroupIds[5]: expected a security group id such as sg-0a1b2c3d',
  ],
  [
    'rules for a security group that is not created',
    {
      task: { securityGroupIds: ['sg-1'] },
      network: { vpcName: 'main', destinationSecurityGroupId: 'sg-2', destinationCidrs: ['10.0.0.0/16'] },
    },
    'network.destinationSecurityGroupId: only applies to the security group that is created, but securityGroupIds names existing ones: remove it',
    'network.destinationCidrs: only applies to the security group that is created, but securityGroupIds names existing ones: remove it',
  ],
  [
    'sidecars that ECS or the replicator could not run beside',
    {
      task: {
        sidecars: [
          { name: 'replicator', image: IMAGE, cpu: 256 },
          { name: 'agent', image: 'datadog/agent:latest', cpu: 256, memoryMiB: 1024 },
          { name: 'agent', image: IMAGE, memoryMiB: 1 },
          {
            name: 'a proxy',
            image: IMAGE,
            cpu: 0.5,
            environment: { KEY: 'x' },
            secrets: { KEY: SECRET, OTHER: 'parameter/key' },
          },
        ],
      },
    },
    'task.sidecars: their cpu leaves nothing of the task’s 512 units for the replicator: raise task.cpu',
    'task.sidecars: their memoryMiB leaves nothing of the task’s 1024 MiB for the replicator: raise task.memoryMiB',
    'task.sidecars[0].name: replicator is the replicator’s own container: choose another name',
    'task.sidecars[1].image: expected an image with its digest, NAME@sha256:…, because a tag can be moved: docker buildx imagetools inspect NAME:TAG prints it',
    'task.sidecars[2].name: another sidecar has the name agent: choose another name',
    'task.sidecars[2].memoryMiB: expected a whole number of MiB, at least 6: Docker needs as much',
    'task.sidecars[3].name: expected 1 to 255 letters, digits, _ and -',
    'task.sidecars[3].cpu: expected a whole number of CPU units; 1024 is one vCPU',
    'task.sidecars[3].secrets.OTHER: expected the ARN of a secret: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME',
    'task.sidecars[3].secrets.KEY: is set in environment too: remove one of the two',
  ],
  [
    'more containers than ECS allows in a task',
    { task: { sidecars: Array.from({ length: 10 }, (_, n) => ({ name: `agent${n}`, image: IMAGE })) } },
    'task.sidecars: expected at most 9: ECS allows ten containers in a task',
  ],
  [
    'credentials that are no secret, or for an image in ECR',
    {
      task: { repositoryCredentials: { arn: 'registry', kmsKeyArn: 'alias/registry' } },
      image: { build: {} },
    },
    'task.repositoryCredentials.arn: expected the ARN of a secret: arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME',
    'task.repositoryCredentials.kmsKeyArn: expected the ARN of a KMS key: arn:aws:kms:REGION:ACCOUNT:key/ID (not an alias: policies do not accept one)',
    'task.repositoryCredentials: the image is in ECR, where the execution role logs in: remove it',
  ],
  [
    'a tag that AWS would refuse',
    { tags: { 'aws:team': 'shop' } },
    'tags.aws:team: expected a name of at most 128 characters that does not begin with aws:',
  ],
  [
    'a log retention that CloudWatch does not support',
    { task: { logRetentionDays: 31 } },
    'task.logRetentionDays: CloudWatch Logs can keep logs for 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653 days, but not for 31',
  ],
  [
    'Container Insights for an existing cluster',
    { task: { clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/c', containerInsights: true } },
    'task.containerInsights: only applies to a cluster that is created, but clusterArn names an existing one: remove one of the two',
  ],
  [
    'alarms to two places, one of them an invalid address',
    { monitoring: { alarmEmail: 'nobody', alarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:a' } },
    'monitoring.alarmEmail: alarms go either to alarmEmail or to alarmTopicArn: remove one of the two',
    'monitoring.alarmEmail: expected an email address such as platform@example.com',
  ],
  [
    'a key without a topic to encrypt',
    { monitoring: { topicKmsKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/1' } },
    'monitoring.topicKmsKeyArn: encrypts the topic that alarmEmail creates, but alarmEmail is not set',
  ],
  [
    'thresholds that make no sense',
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
    'monitoring.heartbeatMinutes: expected a whole number of minutes, at least 2: there is one heartbeat a minute',
    'monitoring.budget.monthlyUsd: expected more than 0',
    'monitoring.budget.email: expected an email address such as platform@example.com',
  ],
  [
    'settings that the runtime would refuse',
    {
      settings: {
        maxColumns: 5000,
        verify: { every: '30min', sample: 10 },
        poll: { listShardsMs: 60_000 },
        timeouts: { stopMs: 119_000 },
      },
    },
    'settings.maxColumns: expected at most 1500',
    'settings.verify.every: expected a duration of at least 1 hour, such as 7d or 24h',
    'settings.verify.sample: expected a share above 0 % and up to 100 %, such as 10% or 0.1',
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
    'role: neither a role nor a user is created: leave serviceAccount out',
  ],
  [
    'an access key without a user',
    { accessKey: true, trustedService: 'ec2.amazonaws.com' },
    'accessKey: belongs to the user: set user too',
  ],
  [
    'a role that trusts two principals',
    { trustedService: 'ec2.amazonaws.com', trustedAccountId: '210987654321', externalId: 'reader-1' },
    'trustedService: the role trusts either trustedService or trustedAccountId: remove one of the two',
  ],
  [
    'a role that trusts nobody',
    { role: true },
    'trustedAccountId: nobody could assume the role: set trustedAccountId with externalId, or trustedService',
  ],
  [
    'a trusted service without a role',
    { role: false, user: true, trustedService: 'ec2.amazonaws.com' },
    'role: trustedService and trustedAccountId need the role, but role is false',
  ],
  [
    'an external id without a trusted account',
    { trustedService: 'ec2.amazonaws.com', externalId: 'reader-1' },
    'externalId: only applies to callers of trustedAccountId, which is not set',
  ],
  [
    'a trusted account without an external id',
    { trustedAccountId: '210987654321' },
    'externalId: is required with trustedAccountId: without it, another customer of that account’s owner could use the role through it',
  ],
  [
    'an invalid account id',
    { trustedAccountId: '21', externalId: 'reader-1' },
    'trustedAccountId: expected an account id of 12 digits',
  ],
  [
    'an invalid service',
    { trustedService: 'ec2' },
    'trustedService: expected an AWS service such as ec2.amazonaws.com',
  ],
];

const messagesFor = (args: Partial<DynamoDBReplicatorArgs>) =>
  replicatorProblems({ ...plain, ...args }).map(({ argument, problem }) => `${argument}: ${problem}`);

describe('invalid arguments', () => {
  it('are not reported for valid ones', () => {
    assert.deepEqual(messagesFor({}), []);
  });

  for (const [what, args, ...expected] of CASES) {
    it(`are refused before anything is created: ${what}`, () => {
      assert.deepEqual(messagesFor(args), expected);
    });
  }

  describe('of a service account are refused:', () => {
    for (const [what, serviceAccount, expected] of ACCOUNTS) {
      it(what, () => {
        assert.deepEqual(messagesFor({ access: { serviceAccount: serviceAccount! } }), [
          `access.serviceAccount.${expected}`,
        ]);
      });
    }
  });

  it('are reported all at once', () => {
    assert.throws(
      () => new DynamoDBReplicator('replicator', { ...plain, tables: [], image: {}, task: { cpu: 1 } }),
      {
        name: 'InvalidArguments',
        message: [
          'DynamoDBReplicator replicator: 3 arguments are invalid; nothing was created.',
          '  tables: name at least one table',
          '  image: set either image.uri, an image by its digest, or image.build, to build it here with Docker',
          '  task.cpu: Fargate does not support 1; choose one of 256, 512, 1024, 2048, 4096, 8192, 16384 (1024 is one vCPU)',
        ].join('\n'),
      },
    );
  });
});
