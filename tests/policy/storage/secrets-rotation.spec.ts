import * as aws from '@pulumi/aws';
import { secretsRotation } from '../../../policy/rules/storage/secrets-rotation';
import { examine, given, UNKNOWN } from '../examine';

const secret = (stack = 'prod') => given(aws.secretsmanager.Secret, { name: 's' }, { name: 'db', stack });
const rotation = (of: string, madeOf = {}) =>
  given(aws.secretsmanager.SecretRotation, { secretId: of }, { madeOf });

examine(secretsRotation, {
  violating: { 'a production secret': { given: secret(), finds: ['secret db is not rotated'] } },
  satisfying: {
    'a rotated secret': { given: [secret(), rotation('db')] },
    'a secret with a rotation, in a preview': {
      given: [secret(), rotation(UNKNOWN, { secretId: [secret()] })],
    },
    'a secret outside production': { given: secret('dev') },
  },
});
