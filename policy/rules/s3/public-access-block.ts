import * as aws from '@pulumi/aws';
import { remediateResourceOfType, validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

const FLAGS = ['blockPublicAcls', 'blockPublicPolicy', 'ignorePublicAcls', 'restrictPublicBuckets'] as const;

/** All four flags are needed: each blocks a different kind of access. */
export const publicAccessBlock = resourceRule({
  name: 's3-public-access-block',
  description: 'A public access block blocks every kind of public access.',
  level: 'mandatory',
  severity: 'high',
  standards: {
    securityHub: ['S3.8', 'S3.1', 'S3.2', 'S3.3'],
    checkov: ['CKV_AWS_53', 'CKV_AWS_54', 'CKV_AWS_55', 'CKV_AWS_56'],
    wellArchitected: ['SEC08-BP04', 'SEC03-BP07'],
  },
  remedy: `Set ${FLAGS.join(', ')} to true. The level remediate sets them for you.`,
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
  validate: [
    validateResourceOfType(aws.s3.BucketPublicAccessBlock, (block, _args, report) => {
      const open = FLAGS.filter((flag) => block[flag] !== true);
      if (open.length > 0) report(`${open.join(', ')} ${open.length === 1 ? 'is' : 'are'} not true`);
    }),
  ],
  remediate: remediateResourceOfType(aws.s3.BucketPublicAccessBlock, (block) =>
    FLAGS.every((flag) => block[flag] === true)
      ? undefined
      : { ...block, ...Object.fromEntries(FLAGS.map((flag) => [flag, true])) },
  ),
});
