import * as aws from '@pulumi/aws';
import { snsEncrypted } from '../../../policy/rules/monitoring/sns-encrypted';
import { examine, given, UNKNOWN } from '../examine';

const topic = (kmsMasterKeyId?: string) => given(aws.sns.Topic, { kmsMasterKeyId });

examine(snsEncrypted, {
  violating: {
    'not set': { given: topic(), finds: ['it is not encrypted'] },
    empty: { given: topic(''), finds: ['it is not encrypted'] },
  },
  satisfying: { 'with a key': { given: topic('alias/topics') } },
  unknown: { 'with which key': { given: topic(UNKNOWN) } },
});
