/**
 * Whether Pulumi names a resource by the user's rules. Source: Pulumi's documentation, "Autonaming configuration". Pure.
 */

/** Kinds of resources whose name nothing has to know in advance, and their types in Pulumi. */
export const AUTONAMED = {
  role: 'aws:iam/role:Role',
  user: 'aws:iam/user:User',
  policy: 'aws:iam/policy:Policy',
  rolePolicy: 'aws:iam/rolePolicy:RolePolicy',
  group: 'aws:iam/group:Group',
  bucket: 'aws:s3/bucket:Bucket',
  cluster: 'aws:ecs/cluster:Cluster',
  service: 'aws:ecs/service:Service',
  repository: 'aws:ecr/repository:Repository',
  alarm: 'aws:cloudwatch/metricAlarm:MetricAlarm',
  topic: 'aws:sns/topic:Topic',
  secret: 'aws:secretsmanager/secret:Secret',
  securityGroup: 'aws:ec2/securityGroup:SecurityGroup',
  rule: 'aws:cloudwatch/eventRule:EventRule',
  budget: 'aws:budgets/budget:Budget',
} as const;

export type AutonamedKind = keyof typeof AUTONAMED;

/** `pulumi:autonaming`, or the part of it for a provider or a type of resource. */
interface Rules {
  readonly mode?: string;
  readonly pattern?: string;
}

interface Autonaming extends Rules {
  readonly providers?: Readonly<
    Record<string, Rules & { readonly resources?: Readonly<Record<string, Rules>> }>
  >;
}

/**
 * Whether `pulumi:autonaming` has a rule for the kind, by which Pulumi names the resource if the program does not.
 * @param configured the value of `pulumi:autonaming` as JSON; `undefined`: not configured
 */
export function isAutonamed(kind: AutonamedKind, configured: string | undefined): boolean {
  if (configured === undefined) return false;
  const { providers, ...everywhere } = JSON.parse(configured) as Autonaming;
  const { resources, ...ofProvider } = providers?.['aws'] ?? {};
  // The most specific rule applies. With `disabled`, Pulumi expects a name from the program.
  const rule = [resources?.[AUTONAMED[kind]], ofProvider, everywhere].find(isRule);
  return rule !== undefined && rule.mode !== 'disabled';
}

function isRule(rules: Rules | undefined): rules is Rules {
  return rules?.mode !== undefined || rules?.pattern !== undefined;
}
