import type { RecordedResource } from './record-program';

/** An identity with permissions, labelled for a reviewer. */
export interface Holder {
  /** `The replicator`. */
  readonly label: string;
  /** Name of the role or user. */
  readonly name: string;
}

/** Labels of this package's own roles and users, by the endings of their logical names. */
const LABELS: readonly (readonly [kind: string, ending: string, label: string])[] = [
  ['role', '-task', 'The replicator'],
  ['role', '-execution', 'ECS (which starts the replicator)'],
  ['role', '-reader', 'The service account’s role'],
  ['user', '-reader', 'The service account’s user'],
];

/** The roles and users that a policy is inline in or attached to. */
export function holdersOf(
  policy: RecordedResource,
  resources: readonly RecordedResource[],
): readonly Holder[] {
  switch (policy.type) {
    case 'aws:iam/rolePolicy:RolePolicy': {
      const created = rolesNamed(policy.inputs['role'], resources);
      return created.length > 0 ? created : [holderNamed('role', policy.name, String(policy.inputs['role']))];
    }
    case 'aws:iam/userPolicy:UserPolicy':
      return usersNamed([policy.inputs['user']], resources);
    case 'aws:iam/policy:Policy':
      return attachedTo(String(policy.outputs['arn']), resources);
    default:
      return [];
  }
}

export function holderOf(resource: RecordedResource): Holder {
  const kind = resource.type === 'aws:iam/user:User' ? 'user' : 'role';
  return holderNamed(kind, resource.name, String(resource.outputs['name'] ?? resource.name));
}

/** @param logicalName of the role or user, or of the policy of a role that the stack does not create */
function holderNamed(kind: string, logicalName: string, name: string): Holder {
  const known = LABELS.find(([one, ending]) => one === kind && logicalName.endsWith(ending));
  return { label: known?.[2] ?? `The ${kind} ${name}`, name };
}

/** Lines about the roles that tasks run with, but that the stack does not create. */
export function existingRoles(resources: readonly RecordedResource[]): readonly string[] {
  const created = new Set(
    resources.filter(({ type }) => type === 'aws:iam/role:Role').map(({ outputs }) => outputs['arn']),
  );
  const roles = [
    ['taskRoleArn', 'The replicator runs'],
    ['executionRoleArn', 'ECS starts the replicator'],
  ] as const;
  return resources
    .filter(({ type }) => type === 'aws:ecs/taskDefinition:TaskDefinition')
    .flatMap(({ inputs }) =>
      roles
        .filter(([key]) => inputs[key] !== undefined && !created.has(inputs[key]))
        .map(
          ([key, does]) =>
            `${does} with the existing role \`${String(inputs[key])}\`, of whose permissions only those that the stack attaches are known`,
        ),
    );
}

function attachedTo(arn: string, resources: readonly RecordedResource[]): readonly Holder[] {
  const attachments = resources.filter(({ inputs }) => inputs['policyArn'] === arn);
  return attachments.flatMap(({ type, inputs }) => {
    if (type === 'aws:iam/rolePolicyAttachment:RolePolicyAttachment')
      return rolesNamed(inputs['role'], resources);
    if (type === 'aws:iam/userPolicyAttachment:UserPolicyAttachment')
      return usersNamed([inputs['user']], resources);
    return type === 'aws:iam/groupPolicyAttachment:GroupPolicyAttachment'
      ? membersOf(inputs['group'], resources)
      : [];
  });
}

function membersOf(group: unknown, resources: readonly RecordedResource[]): readonly Holder[] {
  const users = resources
    .filter(({ type }) => type === 'aws:iam/userGroupMembership:UserGroupMembership')
    .filter(({ inputs }) => (inputs['groups'] as readonly unknown[]).includes(group))
    .map(({ inputs }) => inputs['user']);
  return usersNamed(users, resources);
}

function rolesNamed(name: unknown, resources: readonly RecordedResource[]): readonly Holder[] {
  return named('aws:iam/role:Role', [name], resources);
}

function usersNamed(names: readonly unknown[], resources: readonly RecordedResource[]): readonly Holder[] {
  return named('aws:iam/user:User', names, resources);
}

function named(
  type: string,
  names: readonly unknown[],
  resources: readonly RecordedResource[],
): readonly Holder[] {
  return resources
    .filter((one) => one.type === type)
    .filter(({ outputs }) => names.includes(outputs['name']) || names.includes(outputs['id']))
    .map(holderOf);
}
