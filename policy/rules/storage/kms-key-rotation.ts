import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** AWS keeps the old key material, so nothing has to be re-encrypted. */
export const kmsKeyRotation = resourceRule({
  name: 'kms-key-rotation',
  description: 'Keys that can be rotated automatically are rotated.',
  level: 'mandatory',
  severity: 'medium',
  standards: { securityHub: ['KMS.4'], checkov: ['CKV_AWS_7'], wellArchitected: ['SEC08-BP01'] },
  remedy: 'Set enableKeyRotation to true.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/kms-controls.html#kms-4',
  validate: [
    validateResourceOfType(
      aws.kms.Key,
      ({ enableKeyRotation, customerMasterKeySpec, keyUsage }, _args, report) => {
        const isSymmetric = [undefined, 'SYMMETRIC_DEFAULT'].includes(
          customerMasterKeySpec as string | undefined,
        );
        const isForEncryption = [undefined, 'ENCRYPT_DECRYPT'].includes(keyUsage as string | undefined);
        if (isSymmetric && isForEncryption && enableKeyRotation !== true) report('it is not rotated');
      },
    ),
  ],
});
