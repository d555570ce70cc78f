import * as aws from '@pulumi/aws';
import { noOpenIngress } from '../../../policy/rules/network/no-open-ingress';
import { examine, given, UNKNOWN } from '../examine';

const group = (ingress: unknown, made: object = {}) => given(aws.ec2.SecurityGroup, { ingress }, made);
const web = (port: number, more: object = {}) => ({
  ...rule(['0.0.0.0/0']),
  fromPort: port,
  toPort: port,
  ...more,
});
const rule = (cidrBlocks: readonly string[]) => ({ protocol: 'tcp', fromPort: 22, toPort: 22, cidrBlocks });

examine(noOpenIngress, {
  violating: {
    'a port open to all': {
      given: group([rule(['10.0.0.0/8', '0.0.0.0/0'])]),
      finds: ['tcp 22 is open to 0.0.0.0/0'],
    },
    'everything, over IPv6': {
      given: group([{ protocol: '-1', fromPort: 0, toPort: 0, ipv6CidrBlocks: ['::/0'] }]),
      finds: ['every port is open to ::/0'],
    },
    'a separate rule resource': {
      given: given(aws.vpc.SecurityGroupIngressRule, {
        ipProtocol: 'tcp',
        fromPort: 8000,
        toPort: 9000,
        cidrIpv4: '0.0.0.0/0',
      }),
      finds: ['tcp 8000 to 9000 is open to 0.0.0.0/0'],
    },
    'a port of web services, in a group of a replicator': {
      given: group([web(443)], { component: 'ReplicatorService' }),
      finds: ['tcp 443 is open to 0.0.0.0/0'],
    },
    'a range that has a port of web services, and the same port of another protocol': {
      given: group([web(80, { toPort: 443 }), web(443, { protocol: 'udp' })]),
      finds: ['tcp 80 to 443 is open to 0.0.0.0/0', 'udp 443 is open to 0.0.0.0/0'],
    },
    'a port of web services, if the configuration names none': {
      given: group([web(443)]),
      config: { webPorts: [] },
      finds: ['tcp 443 is open to 0.0.0.0/0'],
    },
    'a rule resource of the older kind': {
      given: given(aws.ec2.SecurityGroupRule, { type: 'ingress', ...rule(['0.0.0.0/0']) }),
      finds: ['tcp 22 is open to 0.0.0.0/0'],
    },
  },
  satisfying: {
    'named addresses': { given: group([rule(['10.0.0.0/8'])]) },
    'ports of web services, in a group of no replicator': { given: group([web(80), web(443)]) },
    nothing: { given: group(undefined) },
    'outgoing connections, which another rule checks': {
      given: given(aws.ec2.SecurityGroupRule, { type: 'egress', ...rule(['0.0.0.0/0']) }),
    },
  },
  unknown: { 'which rules': { given: group(UNKNOWN) } },
});
