import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** Without it, you can neither undo a mistake nor export the table. */
export const pitr = resourceRule({
  name: 'ddb-pitr',
  description: 'Tables have point-in-time recovery.',
  level: 'mandatory',
  severity: 'medium',
  standards: { securityHub: ['DynamoDB.2'], checkov: ['CKV_AWS_28'], wellArchitected: ['REL09-BP03'] },
  remedy: 'Set pointInTimeRecovery.enabled to true.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html#dynamodb-2',
  validate: [
    validateResourceOfType(aws.dynamodb.Table, ({ pointInTimeRecovery }, _args, report) => {
      if (pointInTimeRecovery?.enabled !== true) report('point-in-time recovery is off');
    }),
  ],
});
