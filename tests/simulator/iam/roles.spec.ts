import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import assert from 'node:assert/strict';
import { MINUTE, SECOND } from '../fixture';
import { ACCOUNT, allow, document, KEY, OTHER, Place, TABLE, trust, USER } from './place';

const ROLE = `arn:aws:iam::${ACCOUNT}:role/replicator/task`;

describe('simulator/iam: roles, with the SDK', () => {
  let place: Place;

  beforeEach(async () => {
    place = await Place.open();
  });

  afterEach(() => place.close());

  const assume = async (more: object = {}, who = place.as(), RoleArn = ROLE) => {
    const { Credentials, AssumedRoleUser } = await who.sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session', ...more }),
    );
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    return { credentials, expiration: Credentials?.Expiration, arn: AssumedRoleUser?.Arn };
  };
  const ASSUME = allow('sts:AssumeRole', ROLE);

  it('without policies any role can be assumed, and its credentials expire on the simulator’s clock', async () => {
    const { credentials, expiration, arn } = await assume({ DurationSeconds: 900 });
    assert.match(credentials.accessKeyId, /^ASIA[A-Z2-7]{16}$/);
    assert.equal(arn, `arn:aws:sts::${ACCOUNT}:assumed-role/task/session`);
    assert.equal(expiration?.getTime(), place.clock.now() + 15 * MINUTE);
    const who = place.as(credentials);
    const identity = await who.sts.send(new GetCallerIdentityCommand({}));
    assert.deepEqual([identity.Arn, identity.Account], [arn, ACCOUNT]);
    place.clock.advance(15 * MINUTE - SECOND);
    await place.describeTable(who);
    place.clock.advance(SECOND);
    await assert.rejects(place.describeTable(who), {
      name: 'ExpiredTokenException',
      message: 'The security token included in the request is expired',
    });
    await assert.rejects(place.getObject('pre/there', who), { name: 'ExpiredToken' });
    await assert.rejects(who.sts.send(new GetCallerIdentityCommand({})), { name: 'ExpiredToken' });
  });

  it('a session may do what its role may, with the token that belongs to its key', async () => {
    place.simulator.iam.putRole(ROLE, {
      policies: [document(allow('dynamodb:DescribeTable', TABLE))],
      trust: trust({ AWS: USER }),
    });
    place.user();
    const { credentials } = await assume();
    await place.describeTable(place.as(credentials));
    await assert.rejects(place.getObject('pre/there', place.as(credentials)), {
      message: /^User: arn:aws:sts::123456789012:assumed-role\/task\/session is not authorized/,
    });
    const mixed = place.as({ ...credentials, sessionToken: 'of another' });
    await assert.rejects(place.describeTable(mixed), { name: 'UnrecognizedClientException' });
  });

  it('both sides must allow it: the role’s trust policy, with its external id, and the caller’s account', async () => {
    const { iam } = place.simulator;
    const account = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
    const refused = {
      name: 'AccessDenied',
      message: `User: ${USER} is not authorized to perform: sts:AssumeRole on resource: ${ROLE}`,
    };
    place.user(ASSUME);
    await assert.rejects(assume(), refused, 'there is no such role');
    iam.putRole(ROLE, { policies: [] });
    await assert.rejects(assume(), refused, 'it trusts nobody');
    iam.putRole(ROLE, {
      policies: [],
      trust: trust(account, { Condition: { StringEquals: { 'sts:ExternalId': 'replicator-7f3a' } } }),
    });
    await assert.rejects(assume(), refused, 'without the external id');
    await assert.rejects(assume({ ExternalId: 'another' }), refused, 'with another one');
    await assume({ ExternalId: 'replicator-7f3a' });
    place.user();
    await assert.rejects(assume({ ExternalId: 'replicator-7f3a' }), refused, 'its account does not let it');
  });

  it('a caller of another account needs both, and has no access here without the role', async () => {
    const foreign = `arn:aws:iam::${OTHER}:user/task`;
    const { iam } = place.simulator;
    iam.putRole(ROLE, {
      policies: [document(allow('dynamodb:DescribeTable', TABLE))],
      trust: trust({ AWS: foreign }),
    });
    const put = (...statements: object[]) =>
      iam.putUser(foreign, { accessKeyId: KEY.accessKeyId, policies: [document(...statements)] });
    put();
    await assert.rejects(assume(), { name: 'AccessDenied' });
    put(ASSUME, allow('dynamodb:*', '*'));
    await place.describeTable(place.as((await assume()).credentials));
    await assert.rejects(place.describeTable(place.as(), TABLE), {
      message: /no resource-based policy allows/,
    });
    await assert.rejects(place.describeTable(), { name: 'ResourceNotFoundException' });
  });

  it('rejects an invalid duration, name or role', async () => {
    const invalid = { name: 'ValidationError' };
    await assert.rejects(assume({ DurationSeconds: 899 }), invalid);
    await assert.rejects(assume({ RoleSessionName: 'a b' }), invalid);
    await assert.rejects(assume({ ExternalId: '' }), invalid);
    await assert.rejects(assume({}, place.as(), 'arn:aws:iam::1:role/x'), invalid);
    const { credentials } = await assume();
    await assert.rejects(assume({ DurationSeconds: 3_601 }, place.as(credentials)), /role chaining/);
    place.user(ASSUME);
    place.simulator.iam.putRole(ROLE, { policies: [], trust: trust({ AWS: USER }) });
    await assert.rejects(assume({ DurationSeconds: 7_200 }), /MaxSessionDuration/);
  });

  it('a task gets its role’s credentials as from ECS’s agent, if the role trusts ECS', async () => {
    const { iam } = place.simulator;
    const ask = (role: string) =>
      fetch(`${place.url}/_simulator/credentials?role=${encodeURIComponent(role)}`);
    const Condition = {
      StringEquals: { 'aws:SourceAccount': ACCOUNT },
      ArnLike: { 'aws:SourceArn': `arn:aws:ecs:eu-west-1:${ACCOUNT}:*` },
    };
    iam.putRole(ROLE, {
      policies: [document(allow('dynamodb:DescribeTable', TABLE))],
      trust: trust({ Service: 'ecs-tasks.amazonaws.com' }, { Condition }),
    });
    const answer = (await (await ask(ROLE)).json()) as Record<string, string>;
    assert.deepEqual(Object.keys(answer), [
      'RoleArn',
      'AccessKeyId',
      'SecretAccessKey',
      'Token',
      'Expiration',
    ]);
    await place.describeTable(
      place.as({
        accessKeyId: answer['AccessKeyId'] ?? '',
        secretAccessKey: answer['SecretAccessKey'] ?? '',
        sessionToken: answer['Token'] ?? '',
      }),
    );
    iam.putRole(ROLE, { policies: [], trust: trust({ Service: 'ec2.amazonaws.com' }) });
    assert.equal((await ask(ROLE)).status, 400);
  });
});
