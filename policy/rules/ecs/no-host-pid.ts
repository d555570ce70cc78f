import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** A task that sees the processes of its host can read and end those of others. */
export const noHostPid = resourceRule({
  name: 'ecs-no-host-pid',
  description: 'Tasks do not share the processes or the memory of their host.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['ECS.3'], checkov: ['CKV_AWS_335'], wellArchitected: ['SEC06-BP02'] },
  remedy: 'Remove pidMode and ipcMode, or set them to task.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-3',
  validate: [
    validateResourceOfType(aws.ecs.TaskDefinition, ({ pidMode, ipcMode }, _args, report) => {
      if (pidMode === 'host') report('pidMode is host');
      if (ipcMode === 'host') report('ipcMode is host');
    }),
  ],
});
