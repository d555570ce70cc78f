import * as aws from '@pulumi/aws';
import type { PolicyResource } from '@pulumi/policy';
import { stackRule } from '../../rule';
import { refersTo } from '../../stack/known';
import { servicesOf } from '../../stack/stream-consumers';

interface Prices {
  readonly vcpuHour: number;
  readonly gibHour: number;
  readonly vcpuHourArm?: number;
  readonly gibHourArm?: number;
  readonly spotShare: number;
  readonly interfaceHour: number;
  readonly natHour: number;
}

interface Config {
  readonly monthlyUsd: number;
  readonly prices: Prices;
}

const HOURS = 730;

/** Costs by the hour, used or not, follow from the program. */
export const costCap = stackRule({
  name: 'stack-cost-cap',
  description: 'The fixed monthly cost of a stack is within the limit of the configuration.',
  level: 'mandatory',
  severity: 'low',
  standards: { wellArchitected: ['COST02-BP05'] },
  remedy: 'Use smaller tasks or fewer endpoints, or raise monthlyUsd in the configuration of this rule.',
  url: 'https://docs.aws.amazon.com/wellarchitected/latest/cost-optimization-pillar/cost_govern_usage_controls.html',
  config: {
    monthlyUsd: { type: 'number', minimum: 0, description: 'Limit in US dollars per month.', default: 500 },
    prices: {
      type: 'object',
      description:
        'US dollars per hour: Fargate’s vCPU and GiB (x86 and ARM, us-east-1), an interface endpoint in a zone, a NAT gateway; ' +
        'and the share of Fargate’s price that Spot costs. From memory, of November 2026, unconfirmed: set those of your region.',
      default: {
        vcpuHour: 0.04048,
        gibHour: 0.004445,
        vcpuHourArm: 0.03238,
        gibHourArm: 0.00356,
        spotShare: 0.3,
        interfaceHour: 0.01,
        natHour: 0.045,
      },
    },
  },
  validate: ({ resources, getConfig }, report) => {
    const { monthlyUsd, prices } = getConfig<Config>();
    const usd = resources.reduce((sum, one) => sum + hourlyUsd(one, resources, prices), 0) * HOURS;
    if (usd > monthlyUsd)
      report(`the fixed cost is about $${usd.toFixed(0)} per month; at most $${monthlyUsd} is allowed`);
  },
});

function hourlyUsd(one: PolicyResource, resources: readonly PolicyResource[], prices: Prices): number {
  if (one.isType(aws.ec2.NatGateway)) return prices.natHour;
  if (one.isType(aws.ec2.VpcEndpoint) && one.props['vpcEndpointType'] === 'Interface')
    return prices.interfaceHour * ((one.props['subnetIds'] ?? []) as readonly string[]).length;
  return servicesOf([one]).length > 0 ? serviceUsd(one, resources, prices) : 0;
}

function serviceUsd(service: PolicyResource, resources: readonly PolicyResource[], prices: Prices): number {
  const definition = resources.find(
    (one) => one.isType(aws.ecs.TaskDefinition) && refersTo(service, 'taskDefinition', one),
  );
  if (definition === undefined) return 0;
  const { cpu, memory, runtimePlatform } = definition.props as {
    cpu?: string;
    memory?: string;
    runtimePlatform?: { cpuArchitecture?: string };
  };
  const isArm = runtimePlatform?.cpuArchitecture === 'ARM64';
  // Configured prices may lack those of ARM.
  const vcpuHour = isArm ? (prices.vcpuHourArm ?? prices.vcpuHour) : prices.vcpuHour;
  const gibHour = isArm ? (prices.gibHourArm ?? prices.gibHour) : prices.gibHour;
  const strategies = (service.props['capacityProviderStrategies'] ?? []) as { capacityProvider?: string }[];
  const isSpot = strategies.some(({ capacityProvider }) => capacityProvider === 'FARGATE_SPOT');
  const task = (Number(cpu ?? 0) / 1024) * vcpuHour + (Number(memory ?? 0) / 1024) * gibHour;
  return (
    task * ((service.props['desiredCount'] as number | undefined) ?? 1) * (isSpot ? prices.spotShare : 1)
  );
}
