import * as aws from '@pulumi/aws';
import { ownerEnforced } from '../../../policy/rules/s3/owner-enforced';
import { examine, given, UNKNOWN } from '../examine';

const controls = (rule: unknown) => given(aws.s3.BucketOwnershipControls, { bucket: 'shop', rule });

examine(ownerEnforced, {
  violating: {
    'ACLs in force': {
      given: controls({ objectOwnership: 'ObjectWriter' }),
      finds: ['objectOwnership is ObjectWriter; expected BucketOwnerEnforced'],
    },
    'a public ACL': {
      given: given(aws.s3.Bucket, { acl: 'public-read' }),
      finds: ['ACL public-read on a bucket; write a policy'],
    },
    'an ACL as a resource': {
      given: given(aws.s3.BucketAcl, { bucket: 'shop', acl: 'log-delivery-write' }),
      finds: ['ACL log-delivery-write on a bucket; write a policy'],
    },
    grants: {
      given: given(aws.s3.Bucket, { grants: [{ type: 'Group', permissions: ['READ'] }] }),
      finds: ['grants on a bucket; write a policy'],
    },
  },
  satisfying: {
    'ACLs off': { given: controls({ objectOwnership: 'BucketOwnerEnforced' }) },
    'a bucket without': { given: given(aws.s3.Bucket, { bucket: 'shop' }) },
  },
  unknown: { 'who owns': { given: controls(UNKNOWN) } },
});
