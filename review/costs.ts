import { HOURS_A_MONTH, type PriceName, PRICES, type Prices } from '../runtime/cost/prices';
import type { RecordedResource } from './record-stack';

/** One thing that costs the same every month, whatever is written to the tables. */
export interface StandingCost {
  readonly what: string;
  readonly monthlyUsd: number;
}

/** What a stack costs every month for being there, largest first. Loads, streams and logs come by their use and are not in it. */
export function standingCosts(
  resources: readonly RecordedResource[],
  prices: Prices = PRICES,
): readonly StandingCost[] {
  const costs = resources.flatMap((one) => costOf(one, resources, prices));
  const sums = new Map<string, number>();
  for (const { what, monthlyUsd } of costs) sums.set(what, (sums.get(what) ?? 0) + monthlyUsd);
  return [...sums]
    .map(([what, monthlyUsd]) => ({ what, monthlyUsd }))
    .sort((one, other) => other.monthlyUsd - one.monthlyUsd || (one.what < other.what ? -1 : 1));
}

function costOf(
  one: RecordedResource,
  resources: readonly RecordedResource[],
  prices: Prices,
): readonly StandingCost[] {
  const monthly = (what: string, price: PriceName, times = 1) => [
    { what, monthlyUsd: prices[price].usd * times },
  ];
  switch (one.type) {
    case 'aws:ecs/service:Service':
      return taskCost(one, resources, prices);
    case 'aws:ec2/vpcEndpoint:VpcEndpoint': {
      const zones = ((one.inputs['subnetIds'] ?? []) as readonly string[]).length;
      return zones === 0 ? [] : monthly('interface endpoints', 'interfaceHour', zones * HOURS_A_MONTH);
    }
    case 'aws:ec2/natGateway:NatGateway':
      return monthly('NAT gateways', 'natHour', HOURS_A_MONTH);
    case 'aws:cloudwatch/metricAlarm:MetricAlarm':
      return monthly('alarms', 'alarmMonth');
    case 'aws:cloudwatch/dashboard:Dashboard':
      return monthly('dashboards (the first three of an account are free)', 'dashboardMonth');
    case 'aws:secretsmanager/secret:Secret':
      return monthly('secrets', 'secretMonth');
    default:
      return [];
  }
}

function taskCost(
  service: RecordedResource,
  resources: readonly RecordedResource[],
  prices: Prices,
): readonly StandingCost[] {
  const definition = resources.find(({ outputs }) => outputs['arn'] === service.inputs['taskDefinition']);
  if (definition === undefined) return [];
  const { cpu, memory, runtimePlatform } = definition.inputs as {
    cpu: string;
    memory: string;
    runtimePlatform?: { cpuArchitecture?: string };
  };
  const isArm = runtimePlatform?.cpuArchitecture === 'ARM64';
  const strategies = (service.inputs['capacityProviderStrategies'] ?? []) as { capacityProvider?: string }[];
  const isSpot = strategies.some(({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT');
  const hourly =
    (Number(cpu) / 1024) * prices[isArm ? 'fargateVcpuHourArm' : 'fargateVcpuHourX86'].usd +
    (Number(memory) / 1024) * prices[isArm ? 'fargateGibHourArm' : 'fargateGibHourX86'].usd;
  const size = `task of ${Number(cpu) / 1024} vCPU and ${Number(memory) / 1024} GiB${isArm ? ', ARM' : ''}`;
  return [
    {
      what: isSpot ? `${size}, on spare capacity` : size,
      monthlyUsd: hourly * HOURS_A_MONTH * (isSpot ? prices.fargateSpotShare.usd : 1),
    },
  ];
}
