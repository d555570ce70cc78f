import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { allowedBy, nameOf } from '../../iam/document';
import { resourceRule } from '../../rule';

/** A key's policy grants access regardless of the caller's own policies. */
export const kmsKeyNotPublic = resourceRule({
  name: 'kms-key-not-public',
  description: 'Key policies name the principals that may use the key.',
  level: 'mandatory',
  severity: 'critical',
  standards: {
    securityHub: ['KMS.5'],
    checkov: ['CKV_AWS_33', 'CKV2_AWS_64'],
    wellArchitected: ['SEC08-BP01', 'SEC03-BP07'],
  },
  remedy: 'Name accounts, roles or services as principals, or limit the statement by a condition.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-5',
  validate: [
    validateResourceOfType(aws.kms.Key, ({ policy }, _args, report) => {
      if (policy === undefined) return;
      allowedBy(policy).forEach((statement, index) => {
        if (statement.principals === '*' && Object.keys(statement.conditions).length === 0)
          report(`${nameOf(statement, index)} lets everyone use it`);
      });
    }),
  ],
});
