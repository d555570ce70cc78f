import type { SimulatorClock } from '../clock';
import type { Service } from '../faults';
import type { Random } from '../random';
import { identityOf, principalOf } from './caller';
import type { Caller } from './caller';
import { judge, namesItself, readPolicy } from './policy';
import type { AccessRequest, Policy, PolicyDocument, Principal, Verdict } from './policy';
import { accessDenied, credentialsRefused } from './refusals';
import type { Reason } from './refusals';
import { Sessions } from './sessions';
import type { RequestCredentials, SessionCredentials } from './sessions';

export interface UserOptions {
  readonly accessKeyId: string;
  readonly policies: readonly PolicyDocument[];
}

export interface RoleOptions {
  readonly policies: readonly PolicyDocument[];
  /** Who may assume it; without a trust policy, nobody. */
  readonly trust?: PolicyDocument;
  /** Default: an hour. */
  readonly longestSessionSeconds?: number;
}

/** What is needed to assume a role. */
export interface Role {
  readonly arn: string;
  readonly id: string;
  readonly trust: Policy | undefined;
  readonly longestSessionSeconds: number;
}

/** A request that was allowed or denied. */
export interface Decision extends AccessRequest {
  /** ARN of the caller. */
  readonly by: string;
  readonly isAllowed: boolean;
}

/** Owner and policy of a resource. Without it, the resource belongs to the caller's account and has no policy. */
export interface ResourceGrant {
  readonly account: string;
  readonly policy?: Policy | undefined;
}

interface IamDependencies {
  readonly clock: SimulatorClock;
  readonly random: Random;
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
}

const HOUR = 3_600;

/**
 * Who may do what. Until a user or role is put here, everybody may do everything. From then on a call over HTTP must be
 * signed with the access key of a user or session, and only the policies put here can allow it.
 */
export class Iam {
  /** The caller of in-process calls: the account itself. */
  readonly owner: Caller;
  /** Decided requests of users and sessions, oldest first. */
  readonly decisions: Decision[] = [];
  private readonly sessions: Sessions;
  private readonly users = new Map<string, Caller>();
  private readonly roles = new Map<string, Role>();
  private readonly policies = new Map<string, readonly Policy[]>();
  private readonly bucketPolicies = new Map<string, Policy>();
  private enforced = false;

  constructor(private readonly deps: IamDependencies) {
    this.sessions = new Sessions(deps);
    this.owner = {
      account: deps.accountId,
      arn: `arn:aws:iam::${deps.accountId}:user/simulator`,
      userId: 'AIDASIMULATOREXAMPLE',
      identity: undefined,
      isSession: false,
    };
  }

  /** Whether a call must be signed by a user or session that was put here. */
  get isEnforced(): boolean {
    return this.enforced;
  }

  /** Creates a user, or replaces its policies. @throws RangeError for an invalid ARN or unsupported policy */
  putUser(arn: string, { accessKeyId, policies }: UserOptions): void {
    const { account } = requireIdentity(arn);
    this.policies.set(arn, policies.map(readPolicy));
    this.enforced = true;
    const userId = `AIDA${this.sessions.id(17)}`;
    this.users.set(accessKeyId, { account, arn, userId, identity: arn, isSession: false });
  }

  /** Creates a role, or replaces its policies. @throws RangeError for an invalid ARN or unsupported policy */
  putRole(arn: string, options: RoleOptions): void {
    this.setRole(arn, options);
    this.enforced = true;
  }

  /**
   * The same for a role that the account makes by itself: only its own sessions are subject to its policies.
   * @throws RangeError for an invalid ARN or unsupported policy
   */
  setRole(arn: string, { policies, trust, longestSessionSeconds = HOUR }: RoleOptions): void {
    requireIdentity(arn);
    this.policies.set(arn, policies.map(readPolicy));
    this.roles.set(arn, {
      arn,
      id: this.roles.get(arn)?.id ?? `AROA${this.sessions.id(17)}`,
      trust: trust === undefined ? undefined : readPolicy(trust),
      longestSessionSeconds,
    });
  }

  /** Its sessions may do nothing any more. */
  removeRole(arn: string): void {
    this.policies.delete(arn);
    this.roles.delete(arn);
  }

  /** @throws RangeError for an unsupported policy */
  putBucketPolicy(bucket: string, document: PolicyDocument): void {
    this.bucketPolicies.set(bucket, readPolicy(document));
  }

  bucketPolicy(bucket: string): Policy | undefined {
    return this.bucketPolicies.get(bucket);
  }

  role(arn: string): Role | undefined {
    return this.roles.get(arn);
  }

  roleArns(): readonly string[] {
    return [...this.roles.keys()];
  }

  /** The caller that signed a request. @throws ServiceError for unknown or expired credentials */
  callerOf(service: Service, credentials: RequestCredentials): Caller {
    const session = this.sessions.callerOf(service, credentials);
    if (session) return session;
    if (!this.isEnforced) return this.owner;
    const user = this.users.get(credentials.accessKeyId);
    if (!user) throw credentialsRefused(service, 'unknown key');
    return user;
  }

  /** Opens a session of a role without checking who may assume it. @throws RangeError if `roleArn` is not the ARN of a role */
  openSession(
    roleArn: string,
    sessionName: string,
    durationSeconds: number,
  ): { readonly caller: Caller; readonly credentials: SessionCredentials } {
    const { account, name } = requireIdentity(roleArn);
    const caller: Caller = {
      account,
      arn: `arn:aws:sts::${account}:assumed-role/${name}/${sessionName}`,
      userId: `${this.roles.get(roleArn)?.id ?? `AROA${this.sessions.id(17)}`}:${sessionName}`,
      identity: this.isEnforced || this.roles.has(roleArn) ? roleArn : undefined,
      isSession: true,
    };
    return { caller, credentials: this.sessions.open(caller, durationSeconds * 1000) };
  }

  /**
   * Credentials that ECS's agent gives to a task with this role in its own account.
   * @throws RangeError when the role does not trust ECS tasks of its account and this region
   */
  taskCredentials(roleArn: string, taskId = '0123456789abcdef0123456789abcdef'): SessionCredentials {
    const { region } = this.deps;
    const { account } = requireIdentity(roleArn);
    const trust = this.roles.get(roleArn)?.trust;
    const ecs: Principal = { kind: 'Service', service: 'ecs-tasks.amazonaws.com' };
    const context = {
      'aws:SourceAccount': account,
      'aws:SourceArn': `arn:aws:ecs:${region}:${account}:task/cluster/${taskId}`,
    };
    const request = { action: 'sts:AssumeRole', resource: roleArn, context };
    if (this.isEnforced && (trust === undefined || judge(trust, request, ecs) !== 'allowed')) {
      throw new RangeError(`The role ${roleArn} does not trust ECS tasks.`);
    }
    return this.openSession(roleArn, taskId, 6 * HOUR).credentials;
  }

  /** Whether a caller may do this. Not recorded in `decisions`. */
  allows(caller: Caller, request: AccessRequest, resource?: ResourceGrant): boolean {
    return this.refusal(caller, request, resource) === undefined;
  }

  /** Decides on a request: the reason for a denial; undefined if it is allowed. */
  decide(caller: Caller, request: AccessRequest, resource?: ResourceGrant): Reason | undefined {
    const reason = this.refusal(caller, request, resource);
    this.decisions.push({ ...request, by: caller.arn, isAllowed: reason === undefined });
    return reason;
  }

  /** @throws ServiceError with the service's message if it is not allowed */
  require(service: Service, caller: Caller, request: AccessRequest, resource?: ResourceGrant): void {
    const reason = this.decide(caller, request, resource);
    if (reason !== undefined) throw accessDenied(service, caller, request, reason);
  }

  /** Source: IAM User Guide, "Policy evaluation logic", within an account and across accounts. */
  private refusal(caller: Caller, request: AccessRequest, resource?: ResourceGrant): Reason | undefined {
    const principal = principalOf(caller);
    const own = this.ofIdentity(caller, request);
    const policy = resource?.policy;
    const theirs = policy === undefined ? 'silent' : judge(policy, request, principal);
    if (own === 'denied' || theirs === 'denied') return 'explicit deny';
    const isOwn = resource === undefined || resource.account === caller.account;
    if (isOwn && policy !== undefined && namesItself(policy, request, principal)) return undefined;
    if (own !== 'allowed') return 'no identity policy';
    return isOwn || theirs === 'allowed' ? undefined : 'no resource policy';
  }

  private ofIdentity({ identity }: Caller, request: AccessRequest): Verdict {
    if (identity === undefined) return 'allowed';
    const verdicts = (this.policies.get(identity) ?? []).map((policy) => judge(policy, request));
    if (verdicts.includes('denied')) return 'denied';
    return verdicts.includes('allowed') ? 'allowed' : 'silent';
  }
}

function requireIdentity(arn: string): { readonly account: string; readonly name: string } {
  const found = identityOf(arn);
  if (!found) throw new RangeError(`${arn} is not the ARN of a user or role.`);
  return found;
}
