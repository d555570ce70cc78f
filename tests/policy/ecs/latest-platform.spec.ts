import * as aws from '@pulumi/aws';
import { latestPlatform } from '../../../policy/rules/ecs/latest-platform';
import { examine, given, UNKNOWN } from '../examine';

const service = (platformVersion?: string) => given(aws.ecs.Service, { platformVersion });

examine(latestPlatform, {
  violating: {
    'a pinned version': { given: service('1.3.0'), finds: ['platformVersion is 1.3.0; expected LATEST'] },
  },
  satisfying: {
    'the latest': { given: service('LATEST') },
    'not set, which means the latest': { given: service() },
  },
  unknown: { which: { given: service(UNKNOWN) } },
});
