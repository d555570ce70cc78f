import * as aws from '@pulumi/aws';
import { logging } from '../../../policy/rules/ecs/logging';
import { examine, given, UNKNOWN } from '../examine';

const task = (container: object) =>
  given(aws.ecs.TaskDefinition, { containerDefinitions: JSON.stringify([{ name: 'app', ...container }]) });
const UNKNOWN_TASK = given(aws.ecs.TaskDefinition, { containerDefinitions: UNKNOWN });

examine(logging, {
  violating: {
    'not set': { given: task({}), finds: ['container app: it has no logConfiguration'] },
  },
  satisfying: {
    awslogs: { given: task({ logConfiguration: { logDriver: 'awslogs' } }) },
  },
  unknown: { 'containers that name what is not there yet': { given: UNKNOWN_TASK } },
});
