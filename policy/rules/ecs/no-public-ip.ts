import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** A task that nobody outside has to reach needs no public address. */
export const noPublicIp = resourceRule({
  name: 'ecs-no-public-ip',
  description: 'Services give their tasks no public IP address.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['ECS.2'], checkov: ['CKV_AWS_333'], wellArchitected: ['SEC05-BP01'] },
  remedy:
    'Set networkConfiguration.assignPublicIp to false, and choose subnets with a NAT gateway or with VPC endpoints.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-2',
  validate: [
    validateResourceOfType(aws.ecs.Service, ({ networkConfiguration }, _args, report) => {
      if (networkConfiguration?.assignPublicIp === true) report('its tasks get a public IP address');
    }),
  ],
});
