import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** DynamoDB encrypts every table, by default with a key that you can neither audit nor revoke. */
export const tableEncryption = resourceRule({
  name: 'ddb-encryption-kms',
  description: 'Tables, including those that hold a checkpoint, are encrypted with a KMS key of the account.',
  level: 'advisory',
  severity: 'low',
  standards: { checkov: ['CKV_AWS_119'], wellArchitected: ['SEC08-BP02', 'SEC08-BP01'] },
  remedy: 'Set serverSideEncryption.enabled to true, and kmsKeyArn to use your own key.',
  url: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html',
  validate: [
    validateResourceOfType(aws.dynamodb.Table, ({ serverSideEncryption }, _args, report) => {
      if (serverSideEncryption?.enabled !== true) report('it is encrypted with DynamoDB’s own key');
    }),
  ],
});
