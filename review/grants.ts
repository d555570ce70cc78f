import { statementsOf } from '../policy/iam/document';
import { type Holder, holderOf, holdersOf } from './holders';
import { labelOf } from './label';
import type { RecordedResource } from './record-program';

/** An action that a holder may perform on a resource. */
export interface Grant {
  readonly holder: Holder;
  readonly effect: 'Allow' | 'Deny';
  readonly action: string;
  readonly resource: string;
  /** The condition as JSON; empty if there is none. */
  readonly condition: string;
}

/** A principal that a role or a bucket admits. */
export interface Admission {
  /** The role that may be assumed, or the bucket. */
  readonly into: string;
  readonly who: string;
  readonly how: string;
}

/** Everything that a stack's identities may do. */
export function grantsOf(resources: readonly RecordedResource[]): readonly Grant[] {
  return resources.flatMap((policy) => {
    const holders = holdersOf(policy, resources);
    if (holders.length === 0) return [];
    const statements = statementsOf(policy.inputs['policy']);
    return holders.flatMap((holder) =>
      statements.flatMap(({ effect, actions, resources: targets, conditions }) =>
        actions.flatMap((action) =>
          targets.map((resource) => ({
            holder,
            effect: effect === 'Deny' ? ('Deny' as const) : ('Allow' as const),
            action,
            resource,
            condition: Object.keys(conditions).length === 0 ? '' : JSON.stringify(conditions),
          })),
        ),
      ),
    );
  });
}

/** Who may assume the stack's roles, and whom its buckets admit. */
export function admissionsOf(resources: readonly RecordedResource[]): readonly Admission[] {
  return [...resources.flatMap(keyOf), ...resources.flatMap(bucketAdmissions), ...resources.flatMap(trustOf)];
}

/** A permissions boundary: the upper limit of a role's or user's permissions. */
export interface Limit {
  readonly of: string;
  readonly by: string;
}

/** The boundaries of roles and users that both versions have. For created or deleted ones, a boundary is not a change. */
export function limitsOf(
  resources: readonly RecordedResource[],
  others: readonly RecordedResource[],
): readonly Limit[] {
  return resources
    .filter(({ urn }) => others.some((other) => labelOf(other.urn) === labelOf(urn)))
    .filter(({ inputs }) => typeof inputs['permissionsBoundary'] === 'string')
    .map((one) => ({ of: holderOf(one).label, by: `\`${String(one.inputs['permissionsBoundary'])}\`` }));
}

function trustOf(role: RecordedResource): readonly Admission[] {
  if (role.type !== 'aws:iam/role:Role') return [];
  const { label, name } = holderOf(role);
  const into = `${label} (\`${name}\`)`;
  return statementsOf(role.inputs['assumeRolePolicy']).flatMap(({ principals, conditions }) => {
    const keys = Object.values(conditions).flatMap((one) => Object.keys(one));
    const how = keys.includes('sts:externalid')
      ? 'with an external id'
      : keys.includes('aws:sourceaccount')
        ? 'for this account'
        : 'without a condition';
    const who = principals === '*' ? ['everyone'] : Object.values(principals ?? {}).flat();
    return who.map((one) => ({ into, who: whoIs(one), how }));
  });
}

function bucketAdmissions(policy: RecordedResource): readonly Admission[] {
  if (policy.type !== 'aws:s3/bucketPolicy:BucketPolicy') return [];
  return statementsOf(policy.inputs['policy'])
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ principals, actions }) => {
      const who = principals === '*' ? ['everyone'] : Object.values(principals ?? {}).flat();
      return who.map((one) => ({
        into: `Bucket \`${String(policy.inputs['bucket'])}\``,
        who: whoIs(one),
        how: `for ${actions.join(', ')}`,
      }));
    });
}

function keyOf(key: RecordedResource): readonly Admission[] {
  if (key.type !== 'aws:iam/accessKey:AccessKey') return [];
  return [
    {
      into: `User \`${String(key.inputs['user'])}\``,
      who: 'anyone who has its **access key**',
      how: 'from anywhere, until it is deleted',
    },
  ];
}

function whoIs(principal: string): string {
  const account = /^arn:[^:]+:iam::(\d{12}):root$/.exec(principal)?.[1];
  return account === undefined ? `\`${principal}\`` : `everyone in account \`${account}\``;
}
