import { FREE_STORAGE_GIB, type StackParts } from '../cost/costs';
import { CpuArchitecture, Endpoints } from '../infra/arguments/choices';
import { alarmsOf, DEFAULT_THRESHOLDS } from '../infra/plan/alarms';
import { DEFAULT_DASHBOARD } from '../infra/plan/dashboard';
import { DEFAULT_ARCHITECTURE, DEFAULT_SIZE } from '../infra/plan/fargate-size';
import { firstInEcr } from '../infra/plan/image-address';
import { endpointNeeds, neededEndpoints } from '../infra/plan/network/endpoint-services';
import { verifyIntervalMs } from '../infra/plan/verify-interval';
import { metricCount } from '../runtime/observe/metrics';
import { namesSecret, PASSWORD, type StackFile } from './stack-file';

type Settings = StackFile['settings'];

/** Assumed number of zones of a network that is found by its name. */
const LIKELY_ZONES = 2;

/**
 * The billed parts of a stack, from its file, without running its program. infra/ decides what is created; tests compare this
 * with `partsOf` of what the program registers.
 * @param tables number of all tables of the stack, including those of `tables/`
 */
export function partsOfStackFile(settings: Settings, tables: number): StackParts {
  const {
    cpu = DEFAULT_SIZE.cpu,
    memoryMiB = DEFAULT_SIZE.memoryMiB,
    architecture = DEFAULT_ARCHITECTURE,
    spot = false,
    ephemeralStorageGiB = FREE_STORAGE_GIB,
    paused = false,
  } = group<Task>(settings, 'task');
  const {
    dashboard = DEFAULT_DASHBOARD,
    alarmEmail,
    alarmTopicArn,
    topicKmsKeyArn,
  } = group<Monitoring>(settings, 'monitoring');
  const { verify } = group<{ verify: { every: string } }>(settings, 'settings');
  const verifyEveryMs = verifyIntervalMs(verify?.every);
  const notifies = alarmEmail !== undefined || alarmTopicArn !== undefined;
  const tasks = paused ? 0 : 1;
  return {
    cpu: tasks * cpu,
    memoryMiB: tasks * memoryMiB,
    storageGiB: tasks * ephemeralStorageGiB,
    isArm: architecture.toUpperCase() === String(CpuArchitecture.Arm64),
    isSpot: spot,
    metrics: metricCount(tables, verifyEveryMs !== undefined),
    // One more for messages that EventBridge could not deliver.
    alarms: alarmsOf({ ...DEFAULT_THRESHOLDS, verifyEveryMs }).length + (notifies ? 1 : 0),
    dashboards: dashboard ? 1 : 0,
    secrets: secretsOf(settings),
    keys: alarmEmail !== undefined && topicKmsKeyArn === undefined ? 1 : 0,
    interfaces: interfacesOf(settings),
    natGateways: 0,
  };
}

interface Task {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly architecture: string;
  readonly spot: boolean;
  readonly ephemeralStorageGiB: number;
  readonly paused: boolean;
  readonly sidecars: readonly { readonly image: string }[];
}

interface Monitoring {
  readonly dashboard: boolean;
  readonly alarmEmail: string;
  readonly alarmTopicArn: string;
  readonly topicKmsKeyArn: string;
}

function group<Group>(settings: Settings, key: string): Partial<Group> {
  return (settings[key] ?? {}) as Partial<Group>;
}

/** Number of secrets that the stack creates. */
function secretsOf(settings: Settings): number {
  const { user, accessKey } = group<{ user: boolean; accessKey: boolean }>(settings, 'serviceAccount');
  const hasOwn = settings[PASSWORD] !== undefined || !namesSecret(settings);
  return (hasOwn ? 1 : 0) + (user === true && accessKey === true ? 1 : 0);
}

function interfacesOf(settings: Settings): number {
  const { endpoints, subnetIds } = group<{ endpoints: string; subnetIds: readonly string[] }>(
    settings,
    'network',
  );
  // What `CreateMissing` creates depends on the VPC: all at most.
  if (endpoints !== String(Endpoints.Create) && endpoints !== String(Endpoints.CreateMissing)) return 0;
  const { uri } = group<{ uri: string }>(settings, 'image');
  const { sourceRole } = group<{ sourceRole: unknown }>(settings, 'access');
  const { sidecars = [] } = group<Task>(settings, 'task');
  const pulled = firstInEcr([uri, ...sidecars.map(({ image }) => image)]);
  const services = neededEndpoints(endpointNeeds(pulled, sourceRole !== undefined));
  return services.filter(({ kind }) => kind === 'Interface').length * (subnetIds?.length ?? LIKELY_ZONES);
}
