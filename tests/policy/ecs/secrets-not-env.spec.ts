import * as aws from '@pulumi/aws';
import { secretsNotEnv } from '../../../policy/rules/ecs/secrets-not-env';
import { examine, given, UNKNOWN } from '../examine';

const task = (environment: Record<string, string>) =>
  given(aws.ecs.TaskDefinition, {
    containerDefinitions: JSON.stringify([
      { name: 'app', environment: Object.entries(environment).map(([name, value]) => ({ name, value })) },
    ]),
  });
const finds = (name: string) => [`container app: environment variable ${name} is or contains a secret`];

examine(secretsNotEnv, {
  violating: {
    'a password, by the variable’s name': { given: task({ DB_PASSWORD: 'x' }), finds: finds('DB_PASSWORD') },
    'a password, by a name in lower case': { given: task({ apikey: 'x' }), finds: finds('apikey') },
    'an access key, by its format': { given: task({ WHO: 'AKIAABCDEFGHIJKLMNOP' }), finds: finds('WHO') },
    'a password in an address': {
      given: task({ DATABASE_URL: 'postgres://shop:s3cr3t@db.internal/shop' }),
      finds: finds('DATABASE_URL'),
    },
    'a password of digits': { given: task({ PASSWORD: '123456' }), finds: finds('PASSWORD') },
    'a password in an address of tokens': {
      given: task({ TOKEN_URL: 'https://shop:s3cr3t@login.internal' }),
      finds: finds('TOKEN_URL'),
    },
    'a private key': { given: task({ PEM: '-----BEGIN RSA PRIVATE KEY-----' }), finds: finds('PEM') },
    'a name from the configuration': {
      given: task({ PIN: '1' }),
      config: { names: 'PIN' },
      finds: finds('PIN'),
    },
  },
  satisfying: {
    'a reference to a secret': {
      given: task({
        PASSWORD_SECRET_ARN: 'arn:aws:secretsmanager:eu-west-1:1:secret:x',
        TOKEN_FILE: '/run/token',
        SECRET: 'arn:aws:secretsmanager:eu-west-1:1:secret:x',
      }),
    },
    'properties of secrets': {
      given: task({
        TOKEN_TTL: '60',
        PASSWORD_MIN_LENGTH: '12',
        OAUTH_TOKEN_URL: 'https://login.internal/token',
        REQUIRE_PASSWORD: 'true',
        MAX_TOKENS: '4096',
        SECRET_ROTATION_DAYS: '30',
      }),
    },
    'an address without a password': { given: task({ DATABASE_URL: 'postgres://shop@db.internal/shop' }) },
    'no environment': { given: given(aws.ecs.TaskDefinition, { containerDefinitions: '[{"name":"app"}]' }) },
    'a name that the configuration allows': {
      given: task({ TOKENIZER: 'words' }),
      config: { allowed: ['TOKENIZER'] },
    },
  },
  unknown: {
    'containers that name what is not there yet': {
      given: given(aws.ecs.TaskDefinition, { containerDefinitions: UNKNOWN }),
    },
  },
});
