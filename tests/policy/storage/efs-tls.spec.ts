import * as aws from '@pulumi/aws';
import { efsTls } from '../../../policy/rules/storage/efs-tls';
import { examine, given, UNKNOWN } from '../examine';

const task = (efsVolumeConfiguration: unknown) =>
  given(aws.ecs.TaskDefinition, { volumes: [{ name: 'data', efsVolumeConfiguration }] });
const IAM = { iam: 'ENABLED', accessPointId: 'fsap-1' };

examine(efsTls, {
  violating: {
    'with the defaults': {
      given: task({ fileSystemId: 'fs-1' }),
      finds: [
        'volume data is mounted without IAM or without an access point',
        'volume data is mounted without TLS',
      ],
    },
    'no access point': {
      given: task({ transitEncryption: 'ENABLED', authorizationConfig: { iam: 'ENABLED' } }),
      finds: ['volume data is mounted without IAM or without an access point'],
    },
  },
  satisfying: {
    'over TLS, with IAM': { given: task({ transitEncryption: 'ENABLED', authorizationConfig: IAM }) },
    'a volume of the task': { given: task(undefined) },
    'no volumes': { given: given(aws.ecs.TaskDefinition, {}) },
  },
  unknown: { 'which volumes': { given: given(aws.ecs.TaskDefinition, { volumes: UNKNOWN }) } },
});
