import { eachContainer } from '../../ecs/containers';
import { resourceRule } from '../../rule';

/** With a vulnerability in the kernel, root in a container becomes root on the host. */
export const nonRootUser = resourceRule({
  name: 'ecs-non-root-user',
  description: 'Containers run as a user other than root.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['ECS.1'], wellArchitected: ['SEC06-BP02'] },
  remedy: 'Set user to an id other than 0, such as 65532:65532.',
  url: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html',
  validate: eachContainer(({ user }) => {
    const [name = ''] = (user ?? '').split(':');
    if (name === '') return ['it sets no user, so the image’s user applies, often root'];
    return name === '0' || name === 'root' ? ['it runs as root'] : [];
  }),
});
