import { eachContainer } from '../../ecs/containers';
import { resourceRule } from '../../rule';

/** A privileged container is root on its host. */
export const nonPrivileged = resourceRule({
  name: 'ecs-non-privileged',
  description: 'No container is privileged.',
  level: 'mandatory',
  severity: 'critical',
  standards: { securityHub: ['ECS.4'], checkov: ['CKV_AWS_334'], wellArchitected: ['SEC06-BP02'] },
  remedy: 'Remove privileged; Fargate refuses it anyway.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-4',
  validate: eachContainer(({ privileged }) => (privileged === true ? ['it is privileged'] : [])),
});
