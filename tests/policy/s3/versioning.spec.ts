import * as aws from '@pulumi/aws';
import { versioning } from '../../../policy/rules/s3/versioning';
import { examine, given, UNKNOWN } from '../examine';

const bucket = given(aws.s3.Bucket, { bucket: 'shop' }, { name: 'shop' });
const lifecycle = (days: unknown, status = 'Enabled') =>
  given(aws.s3.BucketLifecycleConfiguration, { bucket: 'shop', rules: [{ status, expiration: { days } }] });
const versions = (status: string) =>
  given(aws.s3.BucketVersioning, { bucket: 'shop', versioningConfiguration: { status } });

examine(versioning, {
  violating: {
    'objects that are kept': { given: bucket, finds: ['bucket shop has no versioning'] },
    'suspended versioning': {
      given: [bucket, versions('Suspended')],
      finds: ['bucket shop has no versioning'],
    },
  },
  satisfying: {
    'versioning on': { given: [bucket, versions('Enabled')] },
    'objects that are deleted soon': { given: [bucket, lifecycle(30)] },
  },
  unknown: {
    'whether they are kept': {
      given: [bucket, given(aws.s3.BucketVersioning, { bucket: 'shop', versioningConfiguration: UNKNOWN })],
    },
  },
});
