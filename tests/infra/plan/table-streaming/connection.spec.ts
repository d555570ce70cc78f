import assert from 'node:assert/strict';
import { connectionOf, keysOf } from '../../../../infra/plan/table-streaming/connection';

const ROLE = 'arn:aws:iam::222222222222:role/deploy';

describe('what of an AWS provider’s settings Enable uses', () => {
  type Settings = Parameters<typeof connectionOf>[0];
  const cases: readonly (readonly [string, Settings, ReturnType<typeof connectionOf>])[] = [
    ['nothing that is not set', { profile: undefined, assumeRoles: '', endpoints: [] }, {}],
    ['nothing of an empty web identity', { assumeRoleWithWebIdentity: '{}' }, {}],
    [
      'a profile with its files',
      {
        profile: 'prod',
        sharedConfigFiles: '["/c"]',
        sharedCredentialsFiles: ['/k'],
        stsRegion: 'us-east-1',
      },
      { profile: 'prod', sharedConfigFile: '/c', sharedCredentialsFile: '/k', stsRegion: 'us-east-1' },
    ],
    [
      'a chain of roles, in its order',
      { assumeRoles: JSON.stringify([{ roleArn: 'arn:hub', sessionName: 'ci' }, { roleArn: ROLE }]) },
      {
        roles: [
          { RoleArn: 'arn:hub', RoleSessionName: 'ci' },
          { RoleArn: ROLE, RoleSessionName: 'dynamodb-replicator' },
        ],
      },
    ],
    [
      'all of a role',
      {
        assumeRoles: [
          {
            roleArn: ROLE,
            sessionName: 'ci',
            duration: '1h30m5s',
            externalId: 'x',
            policy: '{}',
            policyArns: ['arn:p'],
            sourceIdentity: 'ann',
            tags: { team: 'a' },
            transitiveTagKeys: ['team'],
          },
        ],
      },
      {
        roles: [
          {
            RoleArn: ROLE,
            RoleSessionName: 'ci',
            DurationSeconds: 5405,
            ExternalId: 'x',
            Policy: '{}',
            SourceIdentity: 'ann',
            PolicyArns: [{ arn: 'arn:p' }],
            Tags: [{ Key: 'team', Value: 'a' }],
            TransitiveTagKeys: ['team'],
          },
        ],
      },
    ],
    [
      'a web identity without its token',
      {
        assumeRoleWithWebIdentity: JSON.stringify({
          roleArn: ROLE,
          webIdentityToken: 'secret',
          webIdentityTokenFile: '/t',
        }),
      },
      {
        webIdentity: {
          request: { RoleArn: ROLE, RoleSessionName: 'dynamodb-replicator' },
          tokenFile: '/t',
        },
      },
    ],
    [
      'its endpoints, of DynamoDB and STS',
      { endpoints: JSON.stringify([{ s3: 'http://s3' }, { dynamodb: 'http://db' }, { sts: 'http://sts' }]) },
      { endpoints: { dynamodb: 'http://db', sts: 'http://sts' } },
    ],
  ];
  for (const [what, settings, connection] of cases) {
    it(`is ${what}`, () => {
      assert.deepEqual(connectionOf(settings), connection);
    });
  }

  it('is its keys and the token of its web identity, which are secret', () => {
    const assumeRoleWithWebIdentity = JSON.stringify({ roleArn: ROLE, webIdentityToken: 'W' });
    assert.deepEqual(keysOf({ accessKey: 'A', secretKey: 'S', token: '', assumeRoleWithWebIdentity }), {
      accessKey: 'A',
      secretKey: 'S',
      webIdentityToken: 'W',
    });
  });

  it('is refused with several files of a kind, which the SDK cannot read', () => {
    assert.throws(() => connectionOf({ sharedConfigFiles: '["/a","/b"]' }), {
      name: 'UnsuitableResource',
      message:
        'management: Enable: the AWS provider has 2 files in sharedConfigFiles, and Enable can read only one. Put the profile into ' +
        'one file, or turn on the stream and recovery where the table is managed, and use management: Verify',
    });
  });
});
