import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** A queue of changes that could not be applied holds items of tables. */
export const sqsEncrypted = resourceRule({
  name: 'sqs-encrypted',
  description: 'Queues are encrypted.',
  level: 'mandatory',
  severity: 'medium',
  standards: { securityHub: ['SQS.1'], checkov: ['CKV_AWS_27'], wellArchitected: ['SEC08-BP02'] },
  remedy: 'Set sqsManagedSseEnabled to true, or kmsMasterKeyId.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/sqs-controls.html#sqs-1',
  validate: [
    validateResourceOfType(aws.sqs.Queue, ({ sqsManagedSseEnabled, kmsMasterKeyId }, _args, report) => {
      if (sqsManagedSseEnabled !== true && (kmsMasterKeyId ?? '') === '') report('it is not encrypted');
    }),
  ],
});
