import * as aws from '@pulumi/aws';
import { efsEncrypted } from '../../../policy/rules/storage/efs-encrypted';
import { examine, given, UNKNOWN } from '../examine';

const files = (encrypted?: unknown) => given(aws.efs.FileSystem, { encrypted });

examine(efsEncrypted, {
  violating: { 'not set': { given: files(), finds: ['it is not encrypted'] } },
  satisfying: { encrypted: { given: files(true) } },
  unknown: { whether: { given: files(UNKNOWN) } },
});
