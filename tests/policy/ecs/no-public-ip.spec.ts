import * as aws from '@pulumi/aws';
import { noPublicIp } from '../../../policy/rules/ecs/no-public-ip';
import { examine, given, UNKNOWN } from '../examine';

const service = (assignPublicIp?: unknown) =>
  given(aws.ecs.Service, { networkConfiguration: { assignPublicIp } });

examine(noPublicIp, {
  violating: { 'an address': { given: service(true), finds: ['its tasks get a public address'] } },
  satisfying: {
    'no address': { given: service(false) },
    'not said, which is none': { given: service() },
    'no network of its own': { given: given(aws.ecs.Service, {}) },
  },
  unknown: { 'whether there is one': { given: given(aws.ecs.Service, { networkConfiguration: UNKNOWN }) } },
});
