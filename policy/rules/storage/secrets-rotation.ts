import * as aws from '@pulumi/aws';
import { stackRule } from '../../rule';
import { refersTo } from '../../stack/known';
import { isProduction, PRODUCTION, type Production } from '../../stack/production';

/** In production only: rotation needs a function for the database. */
export const secretsRotation = stackRule({
  name: 'secrets-rotation',
  description: 'Production secrets are rotated.',
  level: 'advisory',
  severity: 'medium',
  standards: {
    securityHub: ['SecretsManager.1', 'SecretsManager.4'],
    checkov: ['CKV2_AWS_57'],
    wellArchitected: ['SEC02-BP05', 'SEC02-BP03'],
  },
  remedy:
    'Add an aws.secretsmanager.SecretRotation, or use a secret that RDS rotates; in this package: destination.passwordSecretArn.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/secretsmanager-controls.html#secretsmanager-1',
  config: PRODUCTION,
  validate: ({ resources, getConfig }, report) => {
    const rotations = resources.filter((one) => one.isType(aws.secretsmanager.SecretRotation));
    for (const secret of resources.filter((one) => one.isType(aws.secretsmanager.Secret))) {
      if (!isProduction(secret.urn, getConfig<Production>())) continue;
      if (!rotations.some((rotation) => refersTo(rotation, 'secretId', secret)))
        report(`secret ${secret.name} is not rotated`, secret.urn);
    }
  },
});
