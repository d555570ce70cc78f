import * as aws from '@pulumi/aws';
import { egressLimited } from '../../../policy/rules/network/egress-limited';
import { examine, given, UNKNOWN } from '../examine';

const group = (egress: unknown) => given(aws.ec2.SecurityGroup, { egress });
const out = (port: number, cidr = '0.0.0.0/0') => ({
  protocol: 'tcp',
  fromPort: port,
  toPort: port,
  cidrBlocks: [cidr],
});

examine(egressLimited, {
  violating: {
    everything: {
      given: group([{ protocol: '-1', fromPort: 0, toPort: 0, cidrBlocks: ['0.0.0.0/0'] }]),
      finds: ['it lets everything out'],
    },
    'a port to anywhere': { given: group([out(5432)]), finds: ['tcp 5432 is let out to 0.0.0.0/0'] },
    'many ports to anywhere': {
      given: given(aws.vpc.SecurityGroupEgressRule, {
        ipProtocol: 'tcp',
        fromPort: 1,
        toPort: 443,
        cidrIpv6: '::/0',
      }),
      finds: ['tcp 1 to 443 is let out to ::/0'],
    },
    'TLS to anywhere, where the configuration has none': {
      given: group([out(443)]),
      config: { anywherePorts: [] },
      finds: ['tcp 443 is let out to 0.0.0.0/0'],
    },
  },
  satisfying: {
    'TLS to anywhere': { given: group([out(443)]) },
    'a port to one network': { given: group([out(5432, '10.0.0.0/8')]) },
    'what comes in': {
      given: given(aws.vpc.SecurityGroupIngressRule, { ipProtocol: '-1', cidrIpv4: '0.0.0.0/0' }),
    },
  },
  unknown: { 'which rules': { given: group(UNKNOWN) } },
});
