import * as aws from '@pulumi/aws';
import { nonPrivileged } from '../../../policy/rules/ecs/non-privileged';
import { examine, given, UNKNOWN } from '../examine';

const task = (container: object) =>
  given(aws.ecs.TaskDefinition, { containerDefinitions: JSON.stringify([{ name: 'app', ...container }]) });
const UNKNOWN_TASK = given(aws.ecs.TaskDefinition, { containerDefinitions: UNKNOWN });

examine(nonPrivileged, {
  violating: {
    privileged: { given: task({ privileged: true }), finds: ['container app: it is privileged'] },
  },
  satisfying: {
    'not set': { given: task({}) },
    'not privileged': { given: task({ privileged: false }) },
  },
  unknown: { 'containers that name what is not there yet': { given: UNKNOWN_TASK } },
});
