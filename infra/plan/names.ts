import { createHash } from 'node:crypto';

/**
 * Maximum length of a physical name. Sources: the API references of IAM (CreateRole, CreatePolicy, CreateUser, CreateGroup), S3
 * (bucket naming rules), ECS (CreateCluster, CreateService, RegisterTaskDefinition), ECR, CloudWatch, SNS, Secrets Manager, EC2.
 */
export const NAME_LIMITS = {
  role: 64,
  user: 64,
  policy: 128,
  rolePolicy: 128,
  group: 128,
  bucket: 63,
  cluster: 255,
  service: 255,
  taskFamily: 255,
  repository: 256,
  logGroup: 512,
  alarm: 255,
  dashboard: 255,
  topic: 256,
  secret: 512,
  securityGroup: 255,
  rule: 64,
  budget: 100,
} as const;

export type NameKind = keyof typeof NAME_LIMITS;

/**
 * First part of the names of a component's resources. It has the names of project and stack, so that two stacks of one account do
 * not collide, and that of the component, so that two components of one stack do not. The component's name is left out if it
 * repeats the last word of the project's: `shop-orders-dev`, not `shop-orders-dev-orders`.
 */
export function namePrefix(project: string, stack: string, component: string): string {
  const repeats = project.split('-').at(-1) === component;
  return [project, stack, ...(repeats ? [] : [component])].join('-');
}

/** Kinds whose names must be in lower case. */
const LOWER_CASE: readonly NameKind[] = ['bucket', 'repository'];
const DIGEST_LENGTH = 8;

/**
 * A physical name built from parts. The same parts always give the same name. Parts are joined by `-`, characters that the kind
 * does not allow become `-`, and a name that is too long is cut. A changed name ends in a digest of the original, so that
 * two long names with the same beginning stay distinct, and so do `a.b` and `a-b`.
 */
export function physicalName(kind: NameKind, ...parts: readonly string[]): string {
  const whole = parts.join('-');
  const allowed = LOWER_CASE.includes(kind)
    ? whole.toLowerCase().replace(/[^a-z0-9-]/g, '-')
    : kind === 'logGroup'
      ? whole.replace(/[^A-Za-z0-9_./-]/g, '-')
      : whole.replace(/[^A-Za-z0-9_-]/g, '-');
  const limit = NAME_LIMITS[kind];
  if (allowed === whole && allowed.length <= limit) return allowed;
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, DIGEST_LENGTH);
  const cut = allowed.slice(0, limit - DIGEST_LENGTH - 1).replace(/-+$/, '');
  return `${cut}-${digest}`;
}

/**
 * Name of an export bucket: bucket names are shared by all accounts of a partition, so it ends in account and region,
 * which stay whole however long the rest is.
 */
export function bucketName(prefix: string, account: string, region: string): string {
  const end = `-${account}-${region}`;
  const name = physicalName('bucket', prefix, 'exports');
  if (name.length + end.length <= NAME_LIMITS.bucket) return name + end;
  const digest = createHash('sha256').update(prefix).digest('hex').slice(0, DIGEST_LENGTH);
  const room = NAME_LIMITS.bucket - end.length - DIGEST_LENGTH - 1;
  return `${name.slice(0, room).replace(/-+$/, '')}-${digest}${end}`;
}

const LOG_GROUPS = '/dynamodb-replicator/';

/** Name of the log group of a replicator. */
export function logGroupName(prefix: string): string {
  return physicalName('logGroup', LOG_GROUPS + prefix);
}

/** The name in a replicator's log group; `undefined` if somebody chose another name for the group. */
export function nameInLogGroup(name: string): string | undefined {
  return name.startsWith(LOG_GROUPS) ? name.slice(LOG_GROUPS.length) : undefined;
}

/** A logical name with a table's name in it. Pulumi allows DynamoDB's `.` and `_`, so the name needs no change. */
export function childName(parent: string, ...parts: readonly string[]): string {
  return [parent, ...parts].join('-');
}
