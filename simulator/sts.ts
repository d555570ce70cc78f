import { identityOf, principalOf } from './iam/caller';
import type { Caller } from './iam/caller';
import type { Iam, Role } from './iam/iam';
import { accessDenied } from './iam/refusals';
import { judge } from './iam/policy';
import type { AccessRequest } from './iam/policy';
import { ServiceError } from './service-error';
import type { Input } from './tables/request';

const HOUR = 3_600;
const SHORTEST_SECONDS = 900;
const LONGEST_SECONDS = 12 * HOUR;

/** The STS operations GetCallerIdentity and AssumeRole, by name. @throws ServiceError */
export function securityTokens(
  iam: Iam,
): Readonly<Record<string, (input: Input, caller: Caller) => unknown>> {
  return {
    GetCallerIdentity: (_, { arn, userId, account }) => ({ Arn: arn, UserId: userId, Account: account }),
    AssumeRole: (input, caller) => assumeRole(iam, input, caller),
  };
}

export const unknownAction = (operation: string, version: string): ServiceError =>
  new ServiceError('InvalidAction', `Could not find operation ${operation} for version ${version}`);

function assumeRole(iam: Iam, input: Input, caller: Caller): unknown {
  const roleArn = text(input, 'RoleArn', /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/);
  const sessionName = text(input, 'RoleSessionName', /^[\w+=,.@-]{2,64}$/);
  const externalId =
    input['ExternalId'] === undefined ? undefined : text(input, 'ExternalId', /^[\w+=,.@:/-]{2,1224}$/);
  const seconds = Number(input['DurationSeconds'] ?? HOUR);
  const role = iam.role(roleArn);
  const request = {
    action: 'sts:AssumeRole',
    resource: roleArn,
    context: { 'sts:ExternalId': externalId, 'sts:RoleSessionName': sessionName },
  };
  if (iam.isEnforced || role !== undefined) requireTrust(iam, role, request, caller);
  checkDuration(seconds, role?.longestSessionSeconds ?? LONGEST_SECONDS, caller);
  const { caller: session, credentials } = iam.openSession(roleArn, sessionName, seconds);
  return {
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: new Date(credentials.expiresAt).toISOString(),
    },
    AssumedRoleUser: { AssumedRoleId: session.userId, Arn: session.arn },
  };
}

/**
 * The role's trust policy must allow it, and so must the caller's own policy, unless the role is in the same account and
 * trusts exactly this caller. A role that does not exist gives the same error.
 * Source: IAM User Guide, "Cross-account policy evaluation logic"; "How IAM roles differ from resource-based policies".
 */
function requireTrust(iam: Iam, role: Role | undefined, request: AccessRequest, caller: Caller): void {
  const principal = principalOf(caller);
  const trust = role?.trust;
  if (trust === undefined || judge(trust, request, principal) !== 'allowed')
    throw accessDenied('sts', caller, request, 'no resource policy');
  const account = identityOf(request.resource)?.account ?? caller.account;
  iam.require('sts', caller, request, { account, policy: trust });
}

/** @throws ServiceError ValidationError */
function checkDuration(seconds: number, longest: number, { isSession }: Caller): void {
  if (!(Number.isInteger(seconds) && seconds >= SHORTEST_SECONDS && seconds <= LONGEST_SECONDS)) {
    throw invalid(`DurationSeconds must be from ${SHORTEST_SECONDS} to ${LONGEST_SECONDS}`);
  }
  if (isSession && seconds > HOUR) {
    throw invalid(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (seconds > longest)
    throw invalid('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
}

const invalid = (message: string): ServiceError => new ServiceError('ValidationError', message);

function text(input: Input, name: string, pattern: RegExp): string {
  const value = input[name];
  if (typeof value === 'string' && pattern.test(value)) return value;
  throw invalid(
    `1 validation error detected: Value '${String(value)}' at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to ` +
      `satisfy constraint: Member must satisfy regular expression pattern: ${pattern.source}`,
  );
}
