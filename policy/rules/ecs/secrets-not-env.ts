import { eachContainer } from '../../ecs/containers';
import { resourceRule, texts } from '../../rule';

interface Config {
  readonly names: string;
  readonly allowed: readonly string[];
}

/** Whoever may describe a task definition reads its environment; it stays in every revision. */
export const secretsNotEnv = resourceRule({
  name: 'ecs-secrets-not-env',
  description: 'Secrets reach a container by reference, not as values of its environment.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['ECS.8'], wellArchitected: ['SEC02-BP03'] },
  remedy:
    'Keep the secret in Secrets Manager and name it in secrets with valueFrom, or give the program its ARN to read it itself.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8',
  config: {
    names: {
      type: 'string',
      description: 'Regular expression of names, in capitals, whose values are secrets.',
      default: 'PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL',
    },
    allowed: texts('Names that look like one and are none.', []),
  },
  validate: eachContainer<Config>(({ environment = [] }, { names, allowed }) => {
    const secretName = new RegExp(names);
    return environment
      .filter(({ name = '' }) => !allowed.includes(name))
      .filter(
        ({ name = '', value = '' }) =>
          looksSecret(value) || (secretName.test(name.toUpperCase()) && !isReference(name, value)),
      )
      .map(({ name = '' }) => `${name} of its environment is, or has in it, a secret`);
  }),
});

/** An access key id, a private key, or a user with password in an address. */
function looksSecret(value: string): boolean {
  return /\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|:\/\/[^/\s:@]*:[^/\s@]+@/.test(value);
}

/** Where the secret is, and not what it is. */
function isReference(name: string, value: string): boolean {
  return value === '' || value.startsWith('arn:') || /_(ARN|FILE|PATH|NAME|ID)$/i.test(name);
}
