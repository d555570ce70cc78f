import * as aws from '@pulumi/aws';
import { secretsRotation } from '../../../policy/rules/storage/secrets-rotation';
import { examine, given, UNKNOWN } from '../examine';

const secret = (stack = 'prod') => given(aws.secretsmanager.Secret, { name: 's' }, { name: 'db', stack });
const rotation = (of: string, madeOf = {}) =>
  given(aws.secretsmanager.SecretRotation, { secretId: of }, { madeOf });

examine(secretsRotation, {
  violating: { 'one of production': { given: secret(), finds: ['secret db is not rotated'] } },
  satisfying: {
    'one that is rotated': { given: [secret(), rotation('db')] },
    'in a preview': { given: [secret(), rotation(UNKNOWN, { secretId: [secret()] })] },
    'one elsewhere': { given: secret('dev') },
  },
});
