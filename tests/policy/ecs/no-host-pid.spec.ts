import * as aws from '@pulumi/aws';
import { noHostPid } from '../../../policy/rules/ecs/no-host-pid';
import { examine, given, UNKNOWN } from '../examine';

const task = (inputs: object) => given(aws.ecs.TaskDefinition, inputs);

examine(noHostPid, {
  violating: {
    'both set to host': {
      given: task({ pidMode: 'host', ipcMode: 'host' }),
      finds: ['ipcMode is host', 'pidMode is host'],
    },
  },
  satisfying: {
    'not set': { given: task({}) },
    'both set to task': { given: task({ pidMode: 'task', ipcMode: 'none' }) },
  },
  unknown: { which: { given: task({ pidMode: UNKNOWN }) } },
});
