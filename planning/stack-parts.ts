import type { StackParts } from '../cost/costs';
import { metricCount } from '../runtime/observe/metrics';

/** `config` of a `Pulumi.<stack>.yaml`. */
export type StackConfig = Readonly<Record<string, unknown>>;

const PROJECT = 'dynamodb-replicator';

/** Alarms of a stack. Source: infra/plan/alarms.ts. */
const ALARMS = 7;
/** Zones of a network that is looked up by its name, as most have them. */
const LIKELY_ZONES = 2;
/** DynamoDB Streams, CloudWatch Logs, Secrets Manager. Source: infra/plan/network/endpoint-services.ts. */
const INTERFACES = 3;
const INTERFACES_FOR_ECR = 2;

/**
 * The parts of a stack that its file asks for. infra/ decides what is created; tests compare the two.
 * @param tables all of the stack's, those of `tables/` too
 */
export function partsOfStackFile(config: StackConfig, tables: number): StackParts {
  const group = <Group>(key: string) => (config[`${PROJECT}:${key}`] ?? {}) as Partial<Group>;
  const { cpu = 512, memoryMiB = 1024, architecture = 'ARM64', spot = false } = group<Task>('task');
  const { dashboard = true } = group<{ dashboard: boolean }>('monitoring');
  return {
    cpu,
    memoryMiB,
    isArm: architecture.toUpperCase() === 'ARM64',
    isSpot: spot,
    metrics: metricCount(tables),
    alarms: ALARMS,
    dashboards: dashboard ? 1 : 0,
    secrets: secretsOf(config, group),
    interfaces: interfacesOf(group),
    natGateways: 0,
  };
}

interface Task {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly architecture: string;
  readonly spot: boolean;
}

type Groups = <Group>(key: string) => Partial<Group>;

/** A secret that is there already is of others. */
function secretsOf(config: StackConfig, group: Groups): number {
  const destination = group<{ passwordSecretArn: string; urlSecretArn: string }>('destination');
  const isThere = destination.passwordSecretArn !== undefined || destination.urlSecretArn !== undefined;
  const { user, accessKey } = group<{ user: boolean; accessKey: boolean }>('serviceAccount');
  const hasOwn = config[`${PROJECT}:destinationPassword`] !== undefined || !isThere;
  return (hasOwn ? 1 : 0) + (user === true && accessKey === true ? 1 : 0);
}

function interfacesOf(group: Groups): number {
  const { endpoints, subnetIds } = group<{ endpoints: string; subnetIds: readonly string[] }>('network');
  if (endpoints !== 'Create') return 0;
  const { uri } = group<{ uri: string }>('image');
  const { sourceRole } = group<{ sourceRole: unknown }>('access');
  const isInEcr = uri === undefined || /\.dkr\.ecr\./.test(uri);
  const services = INTERFACES + (isInEcr ? INTERFACES_FOR_ECR : 0) + (sourceRole === undefined ? 0 : 1);
  return services * (subnetIds?.length ?? LIKELY_ZONES);
}
