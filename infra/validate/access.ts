import type { AccessSettings, ServiceAccountArgs, ServiceAccountSettings } from '../arguments/access';
import { formed } from './formats';
import { readableSetting } from './readable';
import { given, type Problems, problems, under } from './rules';

/** Of `ReplicatorAccess`, and of a replicator's `access`. */
export function accessProblems(args: AccessSettings): Problems {
  const { serviceAccount } = args;
  return [
    ...roleProblems(args),
    ...(serviceAccount === undefined ? [] : under('serviceAccount', readerProblems(serviceAccount))),
  ];
}

/** Of `ServiceAccount` by itself. */
export function serviceAccountProblems(args: ServiceAccountArgs): Problems {
  return [...readerProblems(args), ...roleProblems(args)];
}

function readerProblems(account: ServiceAccountSettings): Problems {
  const {
    role = true,
    user = false,
    accessKey = false,
    trustedService,
    trustedAccountId,
    externalId,
  } = account;
  const trusted = given(trustedService, trustedAccountId);
  return problems(
    [!role && !user, 'role', 'there is neither a role nor a user: leave serviceAccount out'],
    [accessKey && !user, 'accessKey', 'is the user’s: set user too'],
    [
      trusted > 1,
      'trustedService',
      'the role trusts either trustedService or trustedAccountId: leave out one of the two',
    ],
    [
      role && !user && trusted === 0,
      'trustedAccountId',
      'say who may assume the role: trustedAccountId with externalId, or trustedService',
    ],
    [!role && trusted > 0, 'role', 'trustedService and trustedAccountId are for the role, and role is false'],
    [
      externalId !== undefined && trustedAccountId === undefined,
      'externalId',
      'is for callers of trustedAccountId, which is not given',
    ],
    [
      trustedAccountId !== undefined && externalId === undefined,
      'externalId',
      'is needed with trustedAccountId: without it another customer of that account’s owner could have it read for them',
    ],
    formed(trustedAccountId, 'trustedAccountId', 'account'),
    readableSetting('externalId', externalId, 'source.externalId'),
    [
      trustedService !== undefined && !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(trustedService),
      'trustedService',
      'expected a service such as ec2.amazonaws.com',
    ],
  );
}

/** Whatever has roles. */
function roleProblems({
  path,
  permissionsBoundaryArn,
  sourceRole,
}: Pick<AccessSettings, 'path' | 'permissionsBoundaryArn' | 'sourceRole'>): Problems {
  return problems(
    [
      path !== undefined && !/^\/(?:[\x21-\x7e]{1,510}\/)?$/.test(path),
      'path',
      'expected an IAM path that begins and ends with /, such as /data/',
    ],
    formed(permissionsBoundaryArn, 'permissionsBoundaryArn', 'policy'),
    readableSetting('sourceRole.roleArn', sourceRole?.roleArn, 'source.roleArn'),
    readableSetting('sourceRole.externalId', sourceRole?.externalId, 'source.externalId'),
  );
}
