import * as aws from '@pulumi/aws';
import { execOff } from '../../../policy/rules/ecs/exec-off';
import { examine, given, UNKNOWN } from '../examine';

const service = (enableExecuteCommand: unknown, madeOf = {}) =>
  given(aws.ecs.Service, { cluster: 'c', enableExecuteCommand }, { name: 'app', madeOf });
const cluster = (exec: unknown) =>
  given(aws.ecs.Cluster, { name: 'c', configuration: { executeCommandConfiguration: exec } });
const LOGGED = { kmsKeyId: 'k', logging: 'OVERRIDE', logConfiguration: { cloudWatchLogGroupName: 'g' } };
const FINDS = ['service app has ECS Exec on, and its cluster does not log and encrypt it'];

examine(execOff, {
  violating: {
    'a cluster elsewhere': { given: service(true), finds: FINDS },
    'a cluster that logs as it comes': {
      given: [service(true), cluster({ kmsKeyId: 'k', logging: 'DEFAULT' })],
      finds: FINDS,
    },
    'no key': { given: [service(true), cluster({ ...LOGGED, kmsKeyId: undefined })], finds: FINDS },
  },
  satisfying: {
    off: { given: service(false) },
    'not said, which is off': { given: service(undefined) },
    'logged and encrypted': { given: [service(true), cluster(LOGGED)] },
  },
  unknown: {
    'how it is logged': {
      given: [service(true), given(aws.ecs.Cluster, { name: 'c', configuration: UNKNOWN })],
    },
  },
});
