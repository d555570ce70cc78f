import { eachContainer } from '../../ecs/containers';
import { resourceRule } from '../../rule';

/** Without a log, nobody knows why a task ended. */
export const logging = resourceRule({
  name: 'ecs-logging',
  description: 'Containers write a log.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['ECS.9'], wellArchitected: ['SEC04-BP01'] },
  remedy: 'Give each container a logConfiguration, such as awslogs with a group of the stack.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-9',
  validate: eachContainer(({ logConfiguration }) =>
    logConfiguration?.logDriver === undefined ? ['it has no logConfiguration'] : [],
  ),
});
