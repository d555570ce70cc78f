import * as aws from '@pulumi/aws';
import { costCap } from '../../../policy/rules/stack/cost-cap';
import { consumer } from '../consumer';
import { examine, given, UNKNOWN } from '../examine';

const endpoint = (subnetIds: unknown, name = 'streams') =>
  given(aws.ec2.VpcEndpoint, { vpcEndpointType: 'Interface', subnetIds }, { name });
const LARGE = { cpu: '16384', memory: '65536' };

examine(costCap, {
  violating: {
    // 730 h × (16 × 0.04048 + 64 × 0.004445)
    'a large task': {
      given: consumer({ task: LARGE }),
      finds: ['what runs all the time costs about $680 a month; $500 are allowed'],
    },
    // 730 h × (16 × 0.03238 + 64 × 0.00356)
    'a large task on ARM': {
      given: consumer({ task: { ...LARGE, runtimePlatform: { cpuArchitecture: 'ARM64' } } }),
      finds: ['what runs all the time costs about $545 a month; $500 are allowed'],
    },
    // 730 h × (3 × 0.01 + 0.045)
    'endpoints and a NAT gateway, by the configuration': {
      given: [endpoint(['a', 'b', 'c']), given(aws.ec2.NatGateway, {})],
      config: { monthlyUsd: 50 },
      finds: ['what runs all the time costs about $55 a month; $50 are allowed'],
    },
  },
  satisfying: {
    'a small one': { given: consumer({ task: { cpu: '512', memory: '1024' } }) },
    'a large one on spare capacity': {
      given: consumer({
        task: LARGE,
        service: { capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT' }] },
      }),
    },
    'endpoints that are free': { given: given(aws.ec2.VpcEndpoint, { vpcEndpointType: 'Gateway' }) },
  },
  unknown: { 'how many subnets': { given: endpoint(UNKNOWN) } },
});
