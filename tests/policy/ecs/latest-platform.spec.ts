import * as aws from '@pulumi/aws';
import { latestPlatform } from '../../../policy/rules/ecs/latest-platform';
import { examine, given, UNKNOWN } from '../examine';

const service = (platformVersion?: string) => given(aws.ecs.Service, { platformVersion });

examine(latestPlatform, {
  violating: {
    'one that is pinned': { given: service('1.3.0'), finds: ['platformVersion is 1.3.0; expected LATEST'] },
  },
  satisfying: {
    'the latest': { given: service('LATEST') },
    'not said, which is the latest': { given: service() },
  },
  unknown: { which: { given: service(UNKNOWN) } },
});
