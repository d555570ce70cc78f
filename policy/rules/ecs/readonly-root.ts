import { eachContainer } from '../../ecs/containers';
import { resourceRule } from '../../rule';

/** An attacker in the container cannot change what is read-only. */
export const readonlyRoot = resourceRule({
  name: 'ecs-readonly-root',
  description: 'Containers cannot write to their root file system.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['ECS.5'], checkov: ['CKV_AWS_336'], wellArchitected: ['SEC06-BP02'] },
  remedy:
    'Set readonlyRootFilesystem to true, and mount a volume for folders that the program writes to, such as /tmp.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-5',
  validate: eachContainer(({ readonlyRootFilesystem }) =>
    readonlyRootFilesystem === true ? [] : ['its root file system is writable'],
  ),
});
