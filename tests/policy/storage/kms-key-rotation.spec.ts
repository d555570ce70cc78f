import * as aws from '@pulumi/aws';
import { kmsKeyRotation } from '../../../policy/rules/storage/kms-key-rotation';
import { examine, given, UNKNOWN } from '../examine';

const key = (inputs: object) => given(aws.kms.Key, inputs);

examine(kmsKeyRotation, {
  violating: { 'not set': { given: key({}), finds: ['it is not rotated'] } },
  satisfying: {
    rotated: { given: key({ enableKeyRotation: true }) },
    'a key that cannot be rotated': { given: key({ customerMasterKeySpec: 'RSA_2048' }) },
    'a key for signatures': { given: key({ keyUsage: 'SIGN_VERIFY' }) },
  },
  unknown: { whether: { given: key({ enableKeyRotation: UNKNOWN }) } },
});
