import * as aws from '@pulumi/aws';
import { stackRule } from '../../rule';
import { refersTo } from '../../stack/known';

/** Images that nobody runs cost money, and nobody fixes their vulnerabilities. */
export const repositoryLifecycle = stackRule({
  name: 'ecr-lifecycle',
  description: 'Repositories delete old images.',
  level: 'mandatory',
  severity: 'low',
  standards: { securityHub: ['ECR.3'], wellArchitected: ['SUS04-BP03'] },
  remedy: 'Add an aws.ecr.LifecyclePolicy for the repository.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-3',
  validate: ({ resources }, report) => {
    const policies = resources.filter((one) => one.isType(aws.ecr.LifecyclePolicy));
    for (const repository of resources.filter((one) => one.isType(aws.ecr.Repository))) {
      if (!policies.some((policy) => refersTo(policy, 'repository', repository)))
        report(`repository ${repository.name} keeps every image`, repository.urn);
    }
  },
});
