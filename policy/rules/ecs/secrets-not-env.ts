import { eachContainer } from '../../ecs/containers';
import { resourceRule, texts } from '../../rule';

interface Config {
  readonly names: string;
  readonly allowed: readonly string[];
}

/** Anyone who may describe a task definition can read its environment, and every revision keeps it. */
export const secretsNotEnv = resourceRule({
  name: 'ecs-secrets-not-env',
  description: 'Containers get secrets by reference, not as values in their environment.',
  level: 'mandatory',
  severity: 'high',
  standards: { securityHub: ['ECS.8'], wellArchitected: ['SEC02-BP03'] },
  remedy:
    'Keep the secret in Secrets Manager and refer to it in secrets with valueFrom, or pass its ARN, for the program to read it.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#ecs-8',
  config: {
    names: {
      type: 'string',
      description:
        'Regular expression for variables whose values are secrets; matched against the name in upper case.',
      default: 'PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIAL',
    },
    allowed: texts('Variables that match but hold no secret.', []),
  },
  validate: eachContainer<Config>(({ environment = [] }, { names, allowed }) => {
    const secretName = new RegExp(names);
    return environment
      .filter(({ name = '' }) => !allowed.includes(name))
      .filter(
        ({ name = '', value = '' }) =>
          looksSecret(value) ||
          (secretName.test(name.toUpperCase()) && !isReference(name, value) && !isAbout(name, value)),
      )
      .map(({ name = '' }) => `environment variable ${name} is or contains a secret`);
  }),
});

/** Matches an access key id, a private key, or an address with a password. */
function looksSecret(value: string): boolean {
  return /\b(AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN [A-Z ]*PRIVATE KEY|:\/\/[^/\s:@]*:[^/\s@]+@/.test(value);
}

/** Whether the value refers to the secret and does not contain it. */
function isReference(name: string, value: string): boolean {
  return value === '' || value.startsWith('arn:') || /_(ARN|FILE|PATH|NAME|ID)$/i.test(name);
}

/** Words at the end of a name whose value is a property of the secret: `TOKEN_TTL`, `PASSWORD_MIN_LENGTH`. */
const PROPERTIES =
  'TTL|EXPIRY|EXPIRATION|EXPIRES|EXPIRES_IN|LIFETIME|VALIDITY|AGE|TIMEOUT|INTERVAL|DAYS|HOURS|MINUTES|SECONDS|MS|COUNT|LIMIT|' +
  'LENGTH|SIZE|ENABLED|REQUIRED|TYPE|FORMAT|ALGORITHM|POLICY|HEADER|ISSUER|AUDIENCE|SCOPE|URL|URI|ENDPOINT|HOST|REGION|VERSION';

/** Whether the value says something about secrets: how long they are valid, where to get them, whether they are used. */
function isAbout(name: string, value: string): boolean {
  const words = name.toUpperCase();
  return (
    /^(true|false)$/i.test(value) ||
    new RegExp(`_(${PROPERTIES})$`).test(words) ||
    (/^(MAX|MIN|NUM)_/.test(words) && /^\d+$/.test(value))
  );
}
