import * as aws from '@pulumi/aws';
import { pitr } from '../../../policy/rules/dynamodb/pitr';
import { examine, given, UNKNOWN } from '../examine';

const table = (inputs: object) => given(aws.dynamodb.Table, { name: 'orders', ...inputs });

examine(pitr, {
  violating: {
    'not set': { given: table({}), finds: ['point-in-time recovery is off'] },
    off: {
      given: table({ pointInTimeRecovery: { enabled: false } }),
      finds: ['point-in-time recovery is off'],
    },
  },
  satisfying: { on: { given: table({ pointInTimeRecovery: { enabled: true } }) } },
  unknown: { 'whether it is on': { given: table({ pointInTimeRecovery: { enabled: UNKNOWN } }) } },
});
