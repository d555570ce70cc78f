import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** Encryption cannot be turned on later. */
export const efsEncrypted = resourceRule({
  name: 'efs-encrypted',
  description: 'File systems are encrypted.',
  level: 'mandatory',
  severity: 'medium',
  standards: {
    securityHub: ['EFS.1'],
    checkov: ['CKV_AWS_42', 'CKV_AWS_184'],
    wellArchitected: ['SEC08-BP02'],
  },
  remedy: 'Set encrypted to true; this replaces the file system.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html#efs-1',
  validate: [
    validateResourceOfType(aws.efs.FileSystem, ({ encrypted }, _args, report) => {
      if (encrypted !== true) report('it is not encrypted');
    }),
  ],
});
