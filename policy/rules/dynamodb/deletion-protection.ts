import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** Renaming a resource in a program deletes the table with the old name. */
export const deletionProtection = resourceRule({
  name: 'ddb-deletion-protection',
  description: 'Tables, including those that hold a checkpoint, cannot be deleted by mistake.',
  level: 'advisory',
  severity: 'medium',
  standards: { securityHub: ['DynamoDB.6'], wellArchitected: ['REL09-BP03'] },
  remedy: 'Set deletionProtectionEnabled to true.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/dynamodb-controls.html#dynamodb-6',
  validate: [
    validateResourceOfType(aws.dynamodb.Table, ({ deletionProtectionEnabled }, _args, report) => {
      if (deletionProtectionEnabled !== true) report('deletion protection is off');
    }),
  ],
});
