import assert from 'node:assert/strict';
import * as pulumi from '@pulumi/pulumi';
import {
  ReplicatorAccess,
  type ReplicatorAccessArgs,
  ServiceAccount,
  type ServiceAccountArgs,
} from '../../../infra';
import { isKnown, record, secretIn, valueOf } from '../record';

const grants = {
  tables: [{ arn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/orders' }],
  bucket: { arn: 'arn:aws:s3:::my-exports', prefix: 'dev' },
};

const makeAccess = (args: Partial<ReplicatorAccessArgs> = {}) =>
  new ReplicatorAccess('orders', { ...grants, logGroupName: '/dynamodb-replicator/orders-dev', ...args });

const makeAccount = (args: Partial<ServiceAccountArgs> = {}) =>
  new ServiceAccount('artie', { ...grants, ...args });

const trustOf = (inputs: Readonly<Record<string, unknown>>) =>
  (
    JSON.parse(inputs['assumeRolePolicy'] as string) as {
      Statement: { Principal: unknown; Condition?: unknown }[];
    }
  ).Statement[0]!;

describe('ReplicatorAccess', () => {
  it('is two roles, each with one inline policy, for tasks of this account', async () => {
    const { resources, only } = await record(() => makeAccess());
    assert.deepEqual(resources.map(({ type, name }) => `${type.split(':').at(-1)} ${name}`).sort(), [
      'ReplicatorAccess orders',
      'Role orders-execution',
      'Role orders-task',
      'RolePolicy orders-execution',
      'RolePolicy orders-task',
    ]);
    const role = only('aws:iam/role:Role', '-task');
    assert.equal(role['name'], 'dynamodb-replicator-dev-orders-task');
    assert.deepEqual(trustOf(role).Principal, { Service: 'ecs-tasks.amazonaws.com' });
    assert.equal(role['permissionsBoundary'], undefined);
  });

  it('sets boundary and path on every role, policy, group and user', async () => {
    const permissionsBoundaryArn = 'arn:aws:iam::123456789012:policy/boundary';
    const { resources } = await record(() =>
      makeAccess({ permissionsBoundaryArn, path: '/data/', serviceAccount: { role: true, user: true } }),
    );
    for (const { type, name, inputs } of resources) {
      if (/:(Role|User)$/.test(type))
        assert.equal(inputs['permissionsBoundary'], permissionsBoundaryArn, name);
      if (/:(Role|User|Group|Policy)$/.test(type)) assert.equal(inputs['path'], '/data/', name);
    }
  });

  it('returns role and key of its service account', async () => {
    const { result } = await record(() =>
      makeAccess({ serviceAccount: { role: true, user: true, accessKey: true } }),
    );
    assert.match(await valueOf(result.serviceRoleArn), /role\/dynamodb-replicator-dev-orders-reader$/);
    assert.equal(await valueOf(result.accessKeyId), 'orders-reader-id');
    assert.equal(await valueOf(result.secretAccessKey), 'the-secret-access-key');
    for (const output of [result.accessKeyId, result.secretAccessKey])
      assert.equal(await pulumi.isSecret(output!), true);
  });

  describe('with existing roles', () => {
    const taskRoleArn = 'arn:aws:iam::123456789012:role/data/our-task';
    const executionRoleArn = 'arn:aws:iam::123456789012:role/our-execution';
    const both = { taskRoleArn, executionRoleArn };

    it('creates and changes nothing, and outputs the policies that they need', async () => {
      const created = await record(() => makeAccess());
      const { resources, result } = await record(() => makeAccess(both));
      assert.deepEqual(
        resources.map(({ type }) => type),
        ['dynamodb-replicator:index:ReplicatorAccess'],
      );
      assert.equal(await valueOf(result.taskRoleArn), taskRoleArn);
      assert.equal(await valueOf(result.executionRoleArn), executionRoleArn);
      const policy = (end: string) => created.only('aws:iam/rolePolicy:RolePolicy', end)['policy'];
      assert.equal(await valueOf(result.taskRolePolicy), policy('-task'));
      assert.equal(await valueOf(result.executionRolePolicy), policy('-execution'));
    });

    it('attaches the policies if configured, and is known only then', async () => {
      const make = () => makeAccess({ ...both, attachPolicies: true });
      const { all, only, result } = await record(make);
      assert.equal(all('aws:iam/role:Role').length, 0);
      const { policy, ...attached } = only('aws:iam/rolePolicy:RolePolicy', '-task');
      assert.deepEqual(attached, { name: 'dynamodb-replicator-dev-orders-task', role: 'our-task' });
      assert.equal(policy, await valueOf(result.taskRolePolicy));
      assert.equal(only('aws:iam/rolePolicy:RolePolicy', '-execution')['role'], 'our-execution');
      const preview = await record(make, { preview: true });
      assert.equal(await isKnown(preview.result.taskRoleArn), false);
    });

    it('creates the other role', async () => {
      const { only, result } = await record(() => makeAccess({ taskRoleArn, path: '/data/' }));
      assert.equal(only('aws:iam/role:Role')['name'], 'dynamodb-replicator-dev-orders-execution');
      assert.match(
        await valueOf(result.executionRoleArn),
        /role\/data\/dynamodb-replicator-dev-orders-execution$/,
      );
    });

    const wrong: readonly (readonly [what: string, arn: string, message: string])[] = [
      [
        'that do not exist',
        'arn:aws:iam::123456789012:role/our-taks',
        "role our-taks: it does not exist (reading IAM Role (our-taks): couldn't find resource); aws iam list-roles --region eu-west-1 lists the roles",
      ],
      [
        'without their path',
        'arn:aws:iam::123456789012:role/our-task',
        `role our-task: the role of that name is ${taskRoleArn}: name a role of this account by its whole ARN, path included`,
      ],
      [
        'that tasks cannot assume',
        'arn:aws:iam::123456789012:role/our-lambda',
        'role our-lambda: it does not trust ecs-tasks.amazonaws.com, so no task can run with it. Allow that service sts:AssumeRole in the role’s trust policy: aws iam update-assume-role-policy --role-name our-lambda --policy-document file://trust.json --region eu-west-1',
      ],
    ];
    for (const [what, arn, message] of wrong)
      for (const preview of [true, false])
        it(`refuses those ${what}, ${preview ? 'in a preview' : 'at an update'}`, async () => {
          await assert.rejects(
            record(() => makeAccess({ taskRoleArn: arn }), { preview }),
            { name: 'UnsuitableResource', message },
          );
        });
  });

  it('refuses to grant no table, as IAM would', () => {
    assert.throws(() => makeAccess({ tables: [] }), {
      message:
        'ReplicatorAccess orders: an argument is invalid; nothing was created.\n  tables: name at least one table: IAM refuses a policy for none',
    });
  });

  it('refuses a wrong path', () => {
    assert.throws(() => makeAccess({ path: 'data' }), {
      message:
        'ReplicatorAccess orders: an argument is invalid; nothing was created.\n  path: expected an IAM path that begins and ends with /, such as /data/',
    });
  });
});

describe('ServiceAccount', () => {
  it('creates what Artie’s page has people create: role, policy, user and key, with the user’s rights through a group', async () => {
    const { resources, only } = await record(() => makeAccount({ user: true, accessKey: true }));
    assert.deepEqual(resources.map(({ type, name }) => `${type.split(':').at(-1)} ${name}`).sort(), [
      'AccessKey artie-reader',
      'Group artie-readers',
      'GroupPolicyAttachment artie-readers',
      'Policy artie-reader',
      'Role artie-reader',
      'RolePolicyAttachment artie-reader',
      'Secret artie-reader-key',
      'SecretVersion artie-reader-key',
      'ServiceAccount artie',
      'User artie-reader',
      'UserGroupMembership artie-reader',
    ]);
    const kept = only('aws:secretsmanager/secretVersion:SecretVersion')['secretString'];
    assert.deepEqual(JSON.parse(secretIn(kept) as string), {
      accessKeyId: 'artie-reader-id',
      secretAccessKey: 'the-secret-access-key',
    });
  });

  it('outputs the key only as secrets', async () => {
    const { result } = await record(() => makeAccount({ user: true, accessKey: true }));
    for (const output of [result.accessKeyId, result.secretAccessKey])
      assert.equal(await pulumi.isSecret(output!), true);
  });

  it('refuses to grant no table, as IAM would', () => {
    assert.throws(() => makeAccount({ user: true, tables: [] }), {
      message:
        'ServiceAccount artie: an argument is invalid; nothing was created.\n  tables: name at least one table: IAM refuses a policy for none',
    });
  });

  it('trusts its own user if nobody else is named', async () => {
    const { only } = await record(() => makeAccount({ user: true }));
    assert.deepEqual(trustOf(only('aws:iam/role:Role')).Principal, {
      AWS: 'arn:aws:iam::123456789012:user/dynamodb-replicator-dev-artie-reader',
    });
  });

  it('trusts an account with an external id, or a service', async () => {
    const account = await record(() =>
      makeAccount({ trustedAccountId: '210987654321', externalId: 'reader-7f3a' }),
    );
    assert.deepEqual(trustOf(account.only('aws:iam/role:Role')), {
      Sid: 'TrustedAccount',
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Principal: { AWS: 'arn:aws:iam::210987654321:root' },
      Condition: { StringEquals: { 'sts:ExternalId': 'reader-7f3a' } },
    });
    assert.equal(account.only('aws:iam/role:Role')['maxSessionDuration'], 3600);
    const service = await record(() => makeAccount({ trustedService: 'ec2.amazonaws.com' }));
    assert.deepEqual(trustOf(service.only('aws:iam/role:Role')).Principal, { Service: 'ec2.amazonaws.com' });
  });

  it('can have a user and no role', async () => {
    const { all, result } = await record(() => makeAccount({ role: false, user: true }));
    assert.equal(all('aws:iam/role:Role').length, 0);
    assert.equal(result.roleArn, undefined);
    assert.equal(await valueOf(result.userName), 'dynamodb-replicator-dev-artie-reader');
  });
});
