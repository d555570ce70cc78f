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
      finds: ['it allows every outgoing connection'],
    },
    'a port to anywhere': {
      given: group([out(5432)]),
      finds: ['it allows connections to 0.0.0.0/0 on tcp 5432'],
    },
    'many ports to anywhere': {
      given: given(aws.vpc.SecurityGroupEgressRule, {
        ipProtocol: 'tcp',
        fromPort: 1,
        toPort: 443,
        cidrIpv6: '::/0',
      }),
      finds: ['it allows connections to ::/0 on tcp 1 to 443'],
    },
    'TLS to anywhere, if the configuration forbids it': {
      given: group([out(443)]),
      config: { anywherePorts: [] },
      finds: ['it allows connections to 0.0.0.0/0 on tcp 443'],
    },
  },
  satisfying: {
    'TLS to anywhere': { given: group([out(443)]) },
    'a port to one network': { given: group([out(5432, '10.0.0.0/8')]) },
    'incoming connections': {
      given: given(aws.vpc.SecurityGroupIngressRule, { ipProtocol: '-1', cidrIpv4: '0.0.0.0/0' }),
    },
  },
  unknown: { 'which rules': { given: group(UNKNOWN) } },
});
