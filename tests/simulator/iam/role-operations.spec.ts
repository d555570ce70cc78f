import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  GetRoleCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import assert from 'node:assert/strict';
import { Local, MINUTE } from '../fixture';
import { InProcessHandler } from '../in-process-handler';
import { ACCOUNT, allow, document, TABLE, trust } from './place';

const ROOT = `arn:aws:iam::${ACCOUNT}:root`;
const TRUST = JSON.stringify(trust({ AWS: ROOT }));
const DESCRIBE = JSON.stringify(document(allow('dynamodb:DescribeTable', TABLE)));
const RoleName = 'made-here';
const RoleArn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;

describe('simulator/iam: the operations that make a role, with the SDK and without sockets', () => {
  let local: Local;
  let config: object;
  let iam: IAMClient;

  beforeEach(() => {
    local = new Local();
    config = {
      region: 'eu-west-1',
      endpoint: 'http://127.0.0.1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      requestHandler: new InProcessHandler(local.simulator),
      maxAttempts: 1,
    };
    iam = new IAMClient(config);
  });

  const create = () => iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
  const put = (PolicyName = 'inline', PolicyDocument = DESCRIBE) =>
    iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
  const assumed = async () => {
    const { Credentials: given } = await new STSClient(config).send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session' }),
    );
    const credentials = {
      accessKeyId: given?.AccessKeyId ?? '',
      secretAccessKey: given?.SecretAccessKey ?? '',
      sessionToken: given?.SessionToken ?? '',
    };
    return { ...config, credentials };
  };
  const describeTable = (as: object) =>
    new DynamoDBClient(as).send(new DescribeTableCommand({ TableName: 'orders' }));

  it('a role is described with its trust policy and tags', async () => {
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: TRUST,
        MaxSessionDuration: 7_200,
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '' },
        ],
      }),
    );
    assert.equal(Role?.Arn, RoleArn);
    assert.match(Role?.RoleId ?? '', /^AROA[A-Z2-7]{17}$/);
    assert.equal(Role?.CreateDate?.getTime(), local.clock.now());
    const got = await iam.send(new GetRoleCommand({ RoleName }));
    assert.equal(decodeURIComponent(got.Role?.AssumeRolePolicyDocument ?? ''), TRUST);
    assert.equal(got.Role?.MaxSessionDuration, 7_200);
    assert.deepEqual(got.Role?.Tags, [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ]);
  });

  it('its sessions may do what its inline policies allow, and the account may still do everything', async () => {
    await create();
    await put();
    await describeTable(config);
    await describeTable(await assumed());
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'inline' }));
    await assert.rejects(describeTable(await assumed()), { name: 'AccessDeniedException' });
    await describeTable(config);
  });

  it('its sessions end with it, and a deleted role’s trust is gone', async () => {
    await create();
    await put();
    const session = await assumed();
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'inline' }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
    await assert.rejects(describeTable(session), { name: 'AccessDeniedException' });
    local.clock.advance(MINUTE);
    await assert.rejects(iam.send(new GetRoleCommand({ RoleName })), {
      name: 'NoSuchEntityException',
      message: `The role with name ${RoleName} cannot be found.`,
    });
  });

  it('a role that trusts nobody cannot be assumed', async () => {
    const trusting = JSON.stringify(trust({ AWS: 'arn:aws:iam::210987654321:root' }));
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting }));
    await assert.rejects(assumed(), { name: 'AccessDenied' });
  });

  it('refuses what IAM refuses', async () => {
    await create();
    await assert.rejects(create(), { name: 'EntityAlreadyExistsException' });
    await put();
    await put('second');
    const listed = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    assert.deepEqual(listed.PolicyNames, ['inline', 'second']);
    await assert.rejects(iam.send(new DeleteRoleCommand({ RoleName })), { name: 'DeleteConflictException' });
    await assert.rejects(put('third', '{'), { name: 'MalformedPolicyDocumentException' });
    await assert.rejects(put('third', '{"Version": "2008-10-17", "Statement": []}'), {
      name: 'MalformedPolicyDocumentException',
      message: /Version 2012-10-17/,
    });
    assert.deepEqual(
      (await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames,
      ['inline', 'second'],
      'a refused policy changes nothing',
    );
    await assert.rejects(iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'none' })), {
      name: 'NoSuchEntityException',
    });
    await assert.rejects(iam.send(new DeleteRoleCommand({ RoleName: 'none' })), {
      name: 'NoSuchEntityException',
    });
  });

  it('needs the permission of each operation', async () => {
    local.simulator.iam.putUser(`arn:aws:iam::${ACCOUNT}:user/reader`, {
      accessKeyId: 'test',
      policies: [document(allow('iam:GetRole', '*'))],
    });
    await assert.rejects(create(), {
      name: 'AccessDenied',
      message: new RegExp(`not authorized to perform: iam:CreateRole on resource: ${RoleArn} because`),
    });
    await assert.rejects(iam.send(new GetRoleCommand({ RoleName })), { name: 'NoSuchEntityException' });
  });
});
