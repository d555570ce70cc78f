import * as aws from '@pulumi/aws';
import { deletionProtection } from '../../../policy/rules/dynamodb/deletion-protection';
import { examine, given, UNKNOWN } from '../examine';

const table = (inputs: object) => given(aws.dynamodb.Table, { name: 'orders', ...inputs });

examine(deletionProtection, {
  violating: { 'not set': { given: table({}), finds: ['deletion protection is off'] } },
  satisfying: { on: { given: table({ deletionProtectionEnabled: true }) } },
  unknown: { 'whether it is on': { given: table({ deletionProtectionEnabled: UNKNOWN }) } },
});
