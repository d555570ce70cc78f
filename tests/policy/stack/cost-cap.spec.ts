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
      finds: ['the fixed cost is about $680 per month; at most $500 is allowed'],
    },
    // 730 h × (16 × 0.03238 + 64 × 0.00356)
    'a large task on ARM': {
      given: consumer({ task: { ...LARGE, runtimePlatform: { cpuArchitecture: 'ARM64' } } }),
      finds: ['the fixed cost is about $545 per month; at most $500 is allowed'],
    },
    // 730 h × (3 × 0.01 + 0.045)
    'endpoints and a NAT gateway, with configured prices': {
      given: [endpoint(['a', 'b', 'c']), given(aws.ec2.NatGateway, {})],
      config: { monthlyUsd: 50 },
      finds: ['the fixed cost is about $55 per month; at most $50 is allowed'],
    },
  },
  satisfying: {
    'a small task': { given: consumer({ task: { cpu: '512', memory: '1024' } }) },
    'a large task on Spot capacity': {
      given: consumer({
        task: LARGE,
        service: { capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT' }] },
      }),
    },
    'endpoints that are free': { given: given(aws.ec2.VpcEndpoint, { vpcEndpointType: 'Gateway' }) },
  },
  unknown: { 'how many subnets': { given: endpoint(UNKNOWN) } },
});
