import * as aws from '@pulumi/aws';
import { sqsEncrypted } from '../../../policy/rules/monitoring/sqs-encrypted';
import { examine, given, UNKNOWN } from '../examine';

const queue = (inputs: object) => given(aws.sqs.Queue, inputs);

examine(sqsEncrypted, {
  violating: {
    'not set': { given: queue({}), finds: ['it is not encrypted'] },
    off: {
      given: queue({ sqsManagedSseEnabled: false, kmsMasterKeyId: '' }),
      finds: ['it is not encrypted'],
    },
  },
  satisfying: {
    'with a key of SQS': { given: queue({ sqsManagedSseEnabled: true }) },
    'with a key': { given: queue({ kmsMasterKeyId: 'alias/queues' }) },
  },
  unknown: { 'with which key': { given: queue({ kmsMasterKeyId: UNKNOWN }) } },
});
