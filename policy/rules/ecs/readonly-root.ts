import { eachContainer } from '../../ecs/containers';
import { resourceRule } from '../../rule';

/** What cannot be written to cannot be changed by whoever gets in. */
export const readonlyRoot = resourceRule({
  name: 'ecs-readonly-root',
  description: 'Containers cannot write to their own file system.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['ECS.5'], checkov: ['CKV_AWS_336'], wellArchitected: ['SEC06-BP02'] },
  remedy:
    'Set readonlyRootFilesystem to true, and mount a volume where the program has to write, such as /tmp.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-5',
  validate: eachContainer(({ readonlyRootFilesystem }) =>
    readonlyRootFilesystem === true ? [] : ['its root file system can be written to'],
  ),
});
