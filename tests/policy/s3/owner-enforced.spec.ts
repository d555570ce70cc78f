import * as aws from '@pulumi/aws';
import { ownerEnforced } from '../../../policy/rules/s3/owner-enforced';
import { examine, given, UNKNOWN } from '../examine';

const controls = (rule: unknown) => given(aws.s3.BucketOwnershipControls, { bucket: 'shop', rule });

examine(ownerEnforced, {
  violating: {
    'ACLs on': {
      given: controls({ objectOwnership: 'ObjectWriter' }),
      finds: ['objectOwnership is ObjectWriter; expected BucketOwnerEnforced'],
    },
    'a public ACL': {
      given: given(aws.s3.Bucket, { acl: 'public-read' }),
      finds: ['the bucket has ACL public-read; use a policy instead'],
    },
    'an ACL as a resource': {
      given: given(aws.s3.BucketAcl, { bucket: 'shop', acl: 'log-delivery-write' }),
      finds: ['the bucket has ACL log-delivery-write; use a policy instead'],
    },
    grants: {
      given: given(aws.s3.Bucket, { grants: [{ type: 'Group', permissions: ['READ'] }] }),
      finds: ['the bucket has grants; use a policy instead'],
    },
  },
  satisfying: {
    'ACLs off': { given: controls({ objectOwnership: 'BucketOwnerEnforced' }) },
    'a bucket without ACLs': { given: given(aws.s3.Bucket, { bucket: 'shop' }) },
  },
  unknown: { 'who owns': { given: controls(UNKNOWN) } },
});
