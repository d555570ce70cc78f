import * as aws from '@pulumi/aws';
import { execRoleDiffersFromTaskRole } from '../../../policy/rules/iam/exec-role-differs-from-task-role';
import { examine, given, UNKNOWN } from '../examine';

const definition = (taskRoleArn: string | undefined, executionRoleArn: string | undefined) =>
  given(aws.ecs.TaskDefinition, { family: 'shop', taskRoleArn, executionRoleArn });
const ROLE = 'arn:aws:iam::123456789012:role/shop';

examine(execRoleDiffersFromTaskRole, {
  violating: {
    'one role for both': {
      given: definition(ROLE, ROLE),
      finds: [`${ROLE} is both task role and execution role`],
    },
  },
  satisfying: {
    'two roles': { given: definition(ROLE, `${ROLE}-start`) },
    'an execution role only': { given: definition(undefined, ROLE) },
    'no roles': { given: definition(undefined, undefined) },
  },
  unknown: { 'a role that is not there yet': { given: definition(UNKNOWN, ROLE) } },
});
