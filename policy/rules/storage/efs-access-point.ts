import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** An access point without both is the whole file system, as whoever one says one is. */
export const efsAccessPoint = resourceRule({
  name: 'efs-access-point',
  description: 'Access points have a folder and a user of their own.',
  level: 'mandatory',
  severity: 'medium',
  standards: {
    securityHub: ['EFS.3', 'EFS.4'],
    checkov: ['CKV_AWS_329', 'CKV_AWS_330'],
    wellArchitected: ['SEC08-BP04'],
  },
  remedy: 'Set rootDirectory.path to a folder below /, and posixUser.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html#efs-3',
  validate: [
    validateResourceOfType(aws.efs.AccessPoint, ({ rootDirectory, posixUser }, _args, report) => {
      if (rootDirectory?.path === undefined || rootDirectory.path === '/')
        report('its folder is the root of the file system');
      if (posixUser === undefined) report('it does not say as which user files are used');
    }),
  ],
});
