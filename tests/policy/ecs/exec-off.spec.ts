import * as aws from '@pulumi/aws';
import { execOff } from '../../../policy/rules/ecs/exec-off';
import { examine, given, UNKNOWN } from '../examine';

const service = (enableExecuteCommand: unknown, madeOf = {}) =>
  given(aws.ecs.Service, { cluster: 'c', enableExecuteCommand }, { name: 'app', madeOf });
const cluster = (exec: unknown) =>
  given(aws.ecs.Cluster, { name: 'c', configuration: { executeCommandConfiguration: exec } });
const LOGGED = { kmsKeyId: 'k', logging: 'OVERRIDE', logConfiguration: { cloudWatchLogGroupName: 'g' } };
const FINDS = ['service app has ECS Exec on, but its cluster does not log and encrypt the sessions'];

examine(execOff, {
  violating: {
    'a cluster outside the stack': { given: service(true), finds: FINDS },
    'a cluster with default logging': {
      given: [service(true), cluster({ kmsKeyId: 'k', logging: 'DEFAULT' })],
      finds: FINDS,
    },
    'a cluster without a key': {
      given: [service(true), cluster({ ...LOGGED, kmsKeyId: undefined })],
      finds: FINDS,
    },
  },
  satisfying: {
    off: { given: service(false) },
    'not set, which means off': { given: service(undefined) },
    'on, with logging and encryption': { given: [service(true), cluster(LOGGED)] },
  },
  unknown: {
    'how it is logged': {
      given: [service(true), given(aws.ecs.Cluster, { name: 'c', configuration: UNKNOWN })],
    },
  },
});
