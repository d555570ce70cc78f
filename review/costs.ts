import { type Cost, costsOfStack, FREE_STORAGE_GIB, type StackParts } from '../cost/costs';
import { PRICES, type Prices } from '../cost/prices';
import { metricCount, METRICS } from '../runtime/observe/metrics';
import type { RecordedResource } from './record-program';

/** Fixed monthly costs of a stack, largest first. `estimate` reports the same for the stack's file. */
export function standingCosts(
  resources: readonly RecordedResource[],
  tables: number,
  prices: Prices = PRICES,
): readonly Cost[] {
  if (resources.length === 0) return [];
  return [...costsOfStack(partsOf(resources, tables), prices)].sort((one, other) => other.usd - one.usd);
}

/** The billed parts of a stack, from the resources that its program registers. */
export function partsOf(resources: readonly RecordedResource[], tables: number): StackParts {
  const all = (type: string) => resources.filter((one) => one.type === type);
  const zones = ({ inputs }: RecordedResource) => ((inputs['subnetIds'] ?? []) as readonly string[]).length;
  const verifies = all('aws:cloudwatch/metricAlarm:MetricAlarm').some(
    ({ inputs }) => inputs['metricName'] === METRICS.verifyAge.name,
  );
  return {
    ...taskOf(resources),
    metrics: metricCount(tables, verifies),
    alarms: all('aws:cloudwatch/metricAlarm:MetricAlarm').length,
    dashboards: all('aws:cloudwatch/dashboard:Dashboard').length,
    secrets: all('aws:secretsmanager/secret:Secret').length,
    keys: all('aws:kms/key:Key').length,
    interfaces: all('aws:ec2/vpcEndpoint:VpcEndpoint').reduce((sum, one) => sum + zones(one), 0),
    natGateways: all('aws:ec2/natGateway:NatGateway').length,
  };
}

function taskOf(
  resources: readonly RecordedResource[],
): Pick<StackParts, 'cpu' | 'memoryMiB' | 'storageGiB' | 'isArm' | 'isSpot'> {
  const service = resources.find(({ type }) => type === 'aws:ecs/service:Service');
  const tasks = Number(service?.inputs['desiredCount'] ?? 1);
  const definition = resources.find(({ outputs }) => outputs['arn'] === service?.inputs['taskDefinition']);
  const { cpu, memory, ephemeralStorage, runtimePlatform } = (definition?.inputs ?? {}) as {
    cpu?: string;
    memory?: string;
    ephemeralStorage?: { sizeInGib?: number };
    runtimePlatform?: { cpuArchitecture?: string };
  };
  const strategies = (service?.inputs['capacityProviderStrategies'] ?? []) as { capacityProvider?: string }[];
  return {
    cpu: tasks * Number(cpu ?? 0),
    memoryMiB: tasks * Number(memory ?? 0),
    storageGiB: tasks * (ephemeralStorage?.sizeInGib ?? FREE_STORAGE_GIB),
    isArm: runtimePlatform?.cpuArchitecture === 'ARM64',
    isSpot: strategies.some(({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT'),
  };
}
