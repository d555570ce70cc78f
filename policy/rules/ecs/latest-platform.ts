import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** A pinned platform version stops getting security updates one day. */
export const latestPlatform = resourceRule({
  name: 'ecs-latest-platform',
  description: 'Fargate services run on the latest platform.',
  level: 'mandatory',
  severity: 'medium',
  standards: { securityHub: ['ECS.10'], checkov: ['CKV_AWS_332'], wellArchitected: ['SEC06-BP01'] },
  remedy: 'Set platformVersion to LATEST, or remove it.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-10',
  validate: [
    validateResourceOfType(aws.ecs.Service, ({ platformVersion }, _args, report) => {
      if (platformVersion !== undefined && platformVersion !== 'LATEST')
        report(`platformVersion is ${platformVersion}; expected LATEST`);
    }),
  ],
});
