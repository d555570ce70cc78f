import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** With ACLs off, policies alone say who may do what, and the bucket's owner owns what others write. */
export const ownerEnforced = resourceRule({
  name: 's3-owner-enforced',
  description: 'Buckets have ACLs turned off.',
  level: 'mandatory',
  severity: 'medium',
  standards: {
    securityHub: ['S3.12'],
    checkov: ['CKV2_AWS_65', 'CKV_AWS_20', 'CKV_AWS_57'],
    wellArchitected: ['SEC08-BP04'],
  },
  remedy: 'Set objectOwnership to BucketOwnerEnforced, and write policies instead of ACLs.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html',
  validate: [
    validateResourceOfType(aws.s3.BucketOwnershipControls, ({ rule }, _args, report) => {
      if (rule.objectOwnership !== 'BucketOwnerEnforced')
        report(`objectOwnership is ${rule.objectOwnership}; expected BucketOwnerEnforced`);
    }),
    validateResourceOfType(aws.s3.BucketAcl, ({ acl }, _args, report) => {
      report(`ACL ${acl ?? 'of its own'} on a bucket; write a policy`);
    }),
    validateResourceOfType(aws.s3.Bucket, ({ acl, grants }, _args, report) => {
      if (acl !== undefined && acl !== 'private') report(`ACL ${acl} on a bucket; write a policy`);
      if ((grants ?? []).length > 0) report('grants on a bucket; write a policy');
    }),
  ],
});
