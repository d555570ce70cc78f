import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** Alarm messages name tables and errors. */
export const snsEncrypted = resourceRule({
  name: 'sns-encrypted',
  description: 'Topics are encrypted with a KMS key.',
  level: 'mandatory',
  severity: 'medium',
  standards: { securityHub: ['SNS.1'], checkov: ['CKV_AWS_26'], wellArchitected: ['SEC08-BP02'] },
  remedy:
    'Set kmsMasterKeyId to a key that cloudwatch.amazonaws.com may use; alias/aws/sns does not allow it. The components of this ' +
    'package create such a key for monitoring.alarmEmail.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/sns-controls.html#sns-1',
  validate: [
    validateResourceOfType(aws.sns.Topic, ({ kmsMasterKeyId }, _args, report) => {
      if (kmsMasterKeyId === undefined || kmsMasterKeyId === '') report('it is not encrypted');
    }),
  ],
});
