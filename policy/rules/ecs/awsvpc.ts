import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** A task with its own network interface has its own security group. */
export const awsvpc = resourceRule({
  name: 'ecs-awsvpc',
  description: 'Each task has its own network interface.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['ECS.1'], wellArchitected: ['SEC05-BP02'] },
  remedy: 'Set networkMode to awsvpc, which Fargate requires anyway.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-1',
  validate: [
    validateResourceOfType(aws.ecs.TaskDefinition, ({ networkMode }, _args, report) => {
      if (networkMode !== 'awsvpc') report(`networkMode is ${networkMode ?? 'not set'}; expected awsvpc`);
    }),
  ],
});
