import * as aws from '@pulumi/aws';
import { abortMultipart } from '../../../policy/rules/s3/abort-multipart';
import { examine, given, UNKNOWN } from '../examine';

const lifecycle = (rules: unknown) => given(aws.s3.BucketLifecycleConfiguration, { bucket: 'shop', rules });
const aborts = (days: number, status = 'Enabled') => ({
  id: 'a',
  status,
  abortIncompleteMultipartUpload: { daysAfterInitiation: days },
});
const FINDS = ['no enabled rule aborts uploads after 7 days'];

examine(abortMultipart, {
  violating: {
    'no rule for incomplete uploads': {
      given: lifecycle([{ id: 'e', status: 'Enabled', expiration: { days: 3 } }]),
      finds: FINDS,
    },
    'a disabled rule': { given: lifecycle([aborts(1, 'Disabled')]), finds: FINDS },
    'a rule that waits too long': { given: lifecycle([aborts(30)]), finds: FINDS },
  },
  satisfying: { 'after a day': { given: lifecycle([aborts(1)]) } },
  unknown: { 'the rules': { given: lifecycle(UNKNOWN) } },
  remediates: {
    'by adding a rule': {
      given: lifecycle([{ id: 'e', status: 'Enabled' }]),
      into: {
        bucket: 'shop',
        rules: [
          { id: 'e', status: 'Enabled' },
          {
            id: 'abort-broken-uploads',
            status: 'Enabled',
            filter: {},
            abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
          },
        ],
      },
    },
    'nothing if there is such a rule': { given: lifecycle([aborts(1)]), into: undefined },
  },
});
