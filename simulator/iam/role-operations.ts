import type { SimulatorClock } from '../clock';
import { ServiceError } from '../service-error';
import type { Input } from '../tables/request';
import type { Iam } from './iam';

/** A role that IAM's own operations made. */
interface ManagedRole {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  /** JSON, as received. */
  readonly trust: string;
  readonly longestSessionSeconds: number;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  /** Documents by name, as received. */
  readonly policies: Map<string, string>;
}

const HOUR_SECONDS = 3_600;

interface Dependencies {
  readonly clock: SimulatorClock;
  /** 12 digits. */
  readonly accountId: string;
}

/** The part of IAM that makes a role with inline policies, and removes it. @throws ServiceError */
export function roleOperations(
  iam: Iam,
  { clock, accountId }: Dependencies,
): Readonly<Record<string, (input: Input) => unknown>> {
  const roles = new Map<string, ManagedRole>();
  const find = (input: Input): ManagedRole => {
    const name = text(input, 'RoleName');
    const role = roles.get(name);
    if (role) return role;
    throw new ServiceError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
  };
  const apply = ({ arn, trust, policies, longestSessionSeconds }: ManagedRole): void => {
    const parsed = [...policies.values()].map(document);
    try {
      iam.setRole(arn, { trust: document(trust), policies: parsed, longestSessionSeconds });
    } catch (error) {
      // A policy that the simulator cannot evaluate.
      if (error instanceof RangeError) throw malformed(error);
      throw error;
    }
  };
  return {
    CreateRole(input) {
      const name = text(input, 'RoleName');
      if (!/^[\w+=,.@-]{1,64}$/.test(name))
        throw new ServiceError('ValidationError', `The specified value for roleName is invalid: ${name}`);
      if (roles.has(name))
        throw new ServiceError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
      const role: ManagedRole = {
        name,
        arn: `arn:aws:iam::${accountId}:role/${name}`,
        createdAt: clock.now(),
        trust: text(input, 'AssumeRolePolicyDocument'),
        longestSessionSeconds: Number(input['MaxSessionDuration'] ?? HOUR_SECONDS),
        tags: tagsOf(input),
        policies: new Map(),
      };
      apply(role);
      roles.set(name, role);
      return { Role: described(role, iam) };
    },

    GetRole: (input) => ({ Role: described(find(input), iam) }),

    DeleteRole(input) {
      const role = find(input);
      if (role.policies.size > 0)
        throw new ServiceError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
      roles.delete(role.name);
      iam.removeRole(role.arn);
      return {};
    },

    PutRolePolicy(input) {
      const role = find(input);
      const [name, written] = [text(input, 'PolicyName'), text(input, 'PolicyDocument')];
      apply({ ...role, policies: new Map(role.policies).set(name, written) });
      role.policies.set(name, written);
      return {};
    },

    DeleteRolePolicy(input) {
      const role = find(input);
      const name = text(input, 'PolicyName');
      if (!role.policies.delete(name))
        throw new ServiceError('NoSuchEntity', `The role policy with name ${name} cannot be found.`, 404);
      apply(role);
      return {};
    },

    ListRolePolicies: (input) => ({
      PolicyNames: [...find(input).policies.keys()],
      IsTruncated: 'false',
    }),
  };
}

/** The permission that an operation on a role needs. */
export function rolePermission(operation: string, input: Input, account: string) {
  const name = input['RoleName'];
  const resource = typeof name === 'string' ? `arn:aws:iam::${account}:role/${name}` : '*';
  return { action: `iam:${operation}`, resource };
}

function described(role: ManagedRole, iam: Iam): object {
  return {
    Path: '/',
    RoleName: role.name,
    RoleId: iam.role(role.arn)?.id ?? '',
    Arn: role.arn,
    CreateDate: new Date(role.createdAt).toISOString(),
    AssumeRolePolicyDocument: encodeURIComponent(role.trust),
    MaxSessionDuration: String(role.longestSessionSeconds),
    Tags: role.tags,
  };
}

/** @throws ServiceError MalformedPolicyDocument */
function document(written: string): object {
  try {
    return JSON.parse(written) as object;
  } catch (error) {
    throw malformed(error);
  }
}

const malformed = (error: unknown): ServiceError =>
  new ServiceError('MalformedPolicyDocument', (error as Error).message);

function tagsOf(input: Input): ManagedRole['tags'] {
  const tags = [];
  for (let i = 1; input[`Tags.member.${i}.Key`] !== undefined; i++)
    tags.push({ Key: text(input, `Tags.member.${i}.Key`), Value: text(input, `Tags.member.${i}.Value`) });
  return tags;
}

function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value === 'string') return value;
  throw new ServiceError('ValidationError', `1 validation error detected: ${name} must not be null`);
}
