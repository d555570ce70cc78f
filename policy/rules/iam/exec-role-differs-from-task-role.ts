import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** The execution role may read secrets and pull images, which the code does not need. */
export const execRoleDiffersFromTaskRole = resourceRule({
  name: 'iam-exec-role-differs-from-task-role',
  description: 'A task’s execution role and task role are different roles.',
  level: 'mandatory',
  severity: 'medium',
  standards: { checkov: ['CKV_AWS_249'], wellArchitected: ['SEC03-BP02'] },
  remedy: 'Create two roles: executionRoleArn to pull, log and inject secrets, taskRoleArn for the code.',
  url: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-ecs-iam-role-overview.html',
  validate: [
    validateResourceOfType(aws.ecs.TaskDefinition, ({ executionRoleArn, taskRoleArn }, _args, report) => {
      if (executionRoleArn !== undefined && executionRoleArn === taskRoleArn)
        report(`${executionRoleArn} is both task role and execution role`);
    }),
  ],
});
