import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** With ACLs off, only policies grant access, and the bucket's owner owns what others write. */
export const ownerEnforced = resourceRule({
  name: 's3-owner-enforced',
  description: 'ACLs of buckets are turned off.',
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
      report(`the bucket has ${acl === undefined ? 'its own ACL' : `ACL ${acl}`}; use a policy instead`);
    }),
    validateResourceOfType(aws.s3.Bucket, ({ acl, grants }, _args, report) => {
      if (acl !== undefined && acl !== 'private') report(`the bucket has ACL ${acl}; use a policy instead`);
      if ((grants ?? []).length > 0) report('the bucket has grants; use a policy instead');
    }),
  ],
});
