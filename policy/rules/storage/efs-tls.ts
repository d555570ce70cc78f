import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** NFS without TLS sends everything in plain text. */
export const efsTls = resourceRule({
  name: 'efs-tls',
  description: 'Tasks mount file systems over TLS, with IAM and an access point.',
  level: 'mandatory',
  severity: 'medium',
  standards: { checkov: ['CKV_AWS_97'], wellArchitected: ['SEC09-BP02'] },
  remedy:
    'Set transitEncryption to ENABLED, authorizationConfig.iam to ENABLED and authorizationConfig.accessPointId.',
  url: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/efs-volumes.html',
  validate: [
    validateResourceOfType(aws.ecs.TaskDefinition, ({ volumes = [] }, _args, report) => {
      for (const { name, efsVolumeConfiguration: efs } of volumes) {
        if (efs === undefined) continue;
        if (efs.transitEncryption !== 'ENABLED') report(`volume ${name} is mounted without TLS`);
        if (efs.authorizationConfig?.iam !== 'ENABLED' || efs.authorizationConfig.accessPointId === undefined)
          report(`volume ${name} is mounted without IAM or without an access point`);
      }
    }),
  ],
});
