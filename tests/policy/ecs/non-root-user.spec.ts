import * as aws from '@pulumi/aws';
import { nonRootUser } from '../../../policy/rules/ecs/non-root-user';
import { examine, given, UNKNOWN } from '../examine';

const task = (container: object) =>
  given(aws.ecs.TaskDefinition, { containerDefinitions: JSON.stringify([{ name: 'app', ...container }]) });
const UNKNOWN_TASK = given(aws.ecs.TaskDefinition, { containerDefinitions: UNKNOWN });

examine(nonRootUser, {
  violating: {
    'not set': {
      given: task({}),
      finds: ['container app: it sets no user, so the image’s user applies, often root'],
    },
    'root by name': { given: task({ user: 'root' }), finds: ['container app: it runs as root'] },
    'root by id, with a group': {
      given: task({ user: '0:1000' }),
      finds: ['container app: it runs as root'],
    },
  },
  satisfying: {
    'another user': { given: task({ user: '65532:65532' }) },
    'another user by name': { given: task({ user: 'node' }) },
  },
  unknown: { 'containers that name what is not there yet': { given: UNKNOWN_TASK } },
});
