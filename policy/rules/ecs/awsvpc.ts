import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** With an interface of its own, a task has a security group of its own. */
export const awsvpc = resourceRule({
  name: 'ecs-awsvpc',
  description: 'Tasks have a network interface of their own.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['ECS.1'], wellArchitected: ['SEC05-BP02'] },
  remedy: 'Set networkMode to awsvpc, which Fargate needs anyway.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-1',
  validate: [
    validateResourceOfType(aws.ecs.TaskDefinition, ({ networkMode }, _args, report) => {
      if (networkMode !== 'awsvpc') report(`networkMode is ${networkMode ?? 'not set'}; expected awsvpc`);
    }),
  ],
});
