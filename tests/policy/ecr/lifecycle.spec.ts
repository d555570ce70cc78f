import * as aws from '@pulumi/aws';
import { repositoryLifecycle } from '../../../policy/rules/ecr/lifecycle';
import { examine, given, UNKNOWN } from '../examine';

const repository = given(aws.ecr.Repository, { name: 'shop' }, { name: 'shop' });
const policy = (of: string, madeOf = {}) =>
  given(aws.ecr.LifecyclePolicy, { repository: of, policy: '{}' }, { madeOf });

examine(repositoryLifecycle, {
  violating: {
    'without a policy': { given: repository, finds: ['repository shop keeps every image'] },
    'a policy for another repository': {
      given: [repository, policy('other')],
      finds: ['repository shop keeps every image'],
    },
  },
  satisfying: {
    'with a policy': { given: [repository, policy('shop')] },
    'with a policy, in a preview': { given: [repository, policy(UNKNOWN, { repository: [repository] })] },
  },
});
