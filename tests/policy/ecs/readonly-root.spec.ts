import * as aws from '@pulumi/aws';
import { readonlyRoot } from '../../../policy/rules/ecs/readonly-root';
import { examine, given, UNKNOWN } from '../examine';

const task = (container: object) =>
  given(aws.ecs.TaskDefinition, { containerDefinitions: JSON.stringify([{ name: 'app', ...container }]) });
const UNKNOWN_TASK = given(aws.ecs.TaskDefinition, { containerDefinitions: UNKNOWN });

examine(readonlyRoot, {
  violating: {
    'not set': { given: task({}), finds: ['container app: its root file system is writable'] },
    'one of two containers': {
      given: given(aws.ecs.TaskDefinition, {
        containerDefinitions: JSON.stringify([{ name: 'a', readonlyRootFilesystem: true }, { name: 'b' }]),
      }),
      finds: ['container b: its root file system is writable'],
    },
  },
  satisfying: {
    'read-only': { given: task({ readonlyRootFilesystem: true }) },
  },
  unknown: { 'containers that name what is not there yet': { given: UNKNOWN_TASK } },
});
