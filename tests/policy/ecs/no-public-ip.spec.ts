import * as aws from '@pulumi/aws';
import { noPublicIp } from '../../../policy/rules/ecs/no-public-ip';
import { examine, given, UNKNOWN } from '../examine';

const service = (assignPublicIp?: unknown) =>
  given(aws.ecs.Service, { networkConfiguration: { assignPublicIp } });

examine(noPublicIp, {
  violating: {
    'a public IP address': { given: service(true), finds: ['its tasks get a public IP address'] },
  },
  satisfying: {
    'no public IP address': { given: service(false) },
    'not set, which means none': { given: service() },
    'no network configuration': { given: given(aws.ecs.Service, {}) },
  },
  unknown: { 'whether there is one': { given: given(aws.ecs.Service, { networkConfiguration: UNKNOWN }) } },
});
