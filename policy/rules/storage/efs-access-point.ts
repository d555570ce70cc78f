import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** An access point without both exposes the whole file system, as any user that the client claims to be. */
export const efsAccessPoint = resourceRule({
  name: 'efs-access-point',
  description: 'Access points have their own folder and user.',
  level: 'mandatory',
  severity: 'medium',
  standards: {
    securityHub: ['EFS.3', 'EFS.4'],
    checkov: ['CKV_AWS_329', 'CKV_AWS_330'],
    wellArchitected: ['SEC08-BP04'],
  },
  remedy: 'Set posixUser, and rootDirectory.path to a folder under /.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/efs-controls.html#efs-3',
  validate: [
    validateResourceOfType(aws.efs.AccessPoint, ({ rootDirectory, posixUser }, _args, report) => {
      if (rootDirectory?.path === undefined || rootDirectory.path === '/')
        report('its folder is the root of the file system');
      if (posixUser === undefined) report('it sets no posixUser');
    }),
  ],
});
