import type {
  AccessSettings,
  ReplicatorAccessArgs,
  ServiceAccountArgs,
  ServiceAccountSettings,
} from '../arguments/access';
import { NAME_LIMITS } from '../plan/names';
import { formed } from './formats';
import { readableSetting } from './readable';
import { given, type Problems, problems, type Rule, under } from './rules';

/** Problems in the arguments of `ReplicatorAccess` and in a replicator's `access`. */
export function accessProblems(args: AccessSettings): Problems {
  const { serviceAccount } = args;
  return [
    ...roleProblems(args),
    ...existingRoleProblems(args),
    ...(serviceAccount === undefined ? [] : under('serviceAccount', readerProblems(serviceAccount))),
  ];
}

/** Problems in the arguments of the component `ReplicatorAccess`. */
export function replicatorAccessProblems(args: ReplicatorAccessArgs): Problems {
  return [...grantedTablesProblems(args), ...accessProblems(args)];
}

/** Problems in the arguments of the component `ServiceAccount`. */
export function serviceAccountProblems(args: ServiceAccountArgs): Problems {
  return [...grantedTablesProblems(args), ...readerProblems(args), ...roleProblems(args)];
}

/** IAM refuses a statement without resources. An output is not known here. */
function grantedTablesProblems({ tables }: Pick<ServiceAccountArgs, 'tables'>): Problems {
  const isEmpty = Array.isArray(tables) && tables.length === 0;
  return problems([isEmpty, 'tables', 'name at least one table: IAM refuses a policy for none']);
}

function readerProblems(account: ServiceAccountSettings): Problems {
  const {
    role = true,
    user = false,
    accessKey = false,
    trustedService,
    trustedAccountId,
    externalId,
    roleName,
    policyName,
    policyDescription,
    userName,
    groupName,
  } = account;
  const trusted = given(trustedService, trustedAccountId);
  return problems(
    [!role && !user, 'role', 'neither a role nor a user is created: leave serviceAccount out'],
    [accessKey && !user, 'accessKey', 'belongs to the user: set user too'],
    [
      trusted > 1,
      'trustedService',
      'the role trusts either trustedService or trustedAccountId: remove one of the two',
    ],
    [
      role && !user && trusted === 0,
      'trustedAccountId',
      'nobody could assume the role: set trustedAccountId with externalId, or trustedService',
    ],
    [!role && trusted > 0, 'role', 'trustedService and trustedAccountId need the role, but role is false'],
    [
      externalId !== undefined && trustedAccountId === undefined,
      'externalId',
      'only applies to callers of trustedAccountId, which is not set',
    ],
    [
      trustedAccountId !== undefined && externalId === undefined,
      'externalId',
      'is required with trustedAccountId: without it, another customer of that account’s owner could use the role through it',
    ],
    ...iamNames({ roleName, policyName, userName, groupName }),
    [
      policyDescription !== undefined && !isDescription(policyDescription),
      'policyDescription',
      'expected 1 to 1000 characters without line breaks',
    ],
    [!role && roleName !== undefined, 'roleName', 'names the role, but role is false'],
    [!user && userName !== undefined, 'userName', 'names the user: set user too'],
    [!user && groupName !== undefined, 'groupName', 'names the group of the user: set user too'],
    formed(trustedAccountId, 'trustedAccountId', 'account'),
    readableSetting('externalId', externalId, 'source.externalId'),
    [
      trustedService !== undefined && !/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/.test(trustedService),
      'trustedService',
      'expected an AWS service such as ec2.amazonaws.com',
    ],
  );
}

/** Source: IAM API, CreatePolicy. */
function isDescription(text: string): boolean {
  return /^[\t\x20-\x7e\u00a0-\uffff]{1,1000}$/.test(text);
}

/** Source: IAM API, CreateRole, CreatePolicy, CreateUser, CreateGroup. */
function iamNames(names: Readonly<Record<string, string | undefined>>): readonly Rule[] {
  return Object.entries(names).map(([argument, name]) => {
    const most = NAME_LIMITS[argument.slice(0, -'Name'.length) as 'role' | 'policy' | 'user' | 'group'];
    const isFine = name === undefined || (name.length <= most && /^[A-Za-z0-9_+=,.@-]+$/.test(name));
    return [!isFine, argument, `expected at most ${most} letters, digits and _+=,.@-`];
  });
}

/** Problems in the arguments that every component with roles has. */
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

/** Problems of roles that are not created. */
function existingRoleProblems(args: AccessSettings): Problems {
  const { taskRoleArn, executionRoleArn, attachPolicies, path, permissionsBoundaryArn, serviceAccount } =
    args;
  const areGiven = given(taskRoleArn, executionRoleArn);
  const createsNone = areGiven === 2 && serviceAccount === undefined;
  const notCreated = 'only applies to roles that are created, but both roles exist: remove it';
  return problems(
    formed(taskRoleArn, 'taskRoleArn', 'role'),
    formed(executionRoleArn, 'executionRoleArn', 'role'),
    [
      attachPolicies !== undefined && areGiven === 0,
      'attachPolicies',
      'only applies to existing roles: set taskRoleArn or executionRoleArn, or remove attachPolicies',
    ],
    [createsNone && path !== undefined, 'path', notCreated],
    [createsNone && permissionsBoundaryArn !== undefined, 'permissionsBoundaryArn', notCreated],
  );
}
