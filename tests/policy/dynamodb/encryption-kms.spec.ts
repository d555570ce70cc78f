import * as aws from '@pulumi/aws';
import { tableEncryption } from '../../../policy/rules/dynamodb/encryption-kms';
import { examine, given, UNKNOWN } from '../examine';

const table = (inputs: object) => given(aws.dynamodb.Table, { name: 'orders', ...inputs });

examine(tableEncryption, {
  violating: { 'not set': { given: table({}), finds: ['it is encrypted with DynamoDB’s own key'] } },
  satisfying: { 'a key of the account': { given: table({ serverSideEncryption: { enabled: true } }) } },
  unknown: { 'with which key': { given: table({ serverSideEncryption: UNKNOWN }) } },
});
