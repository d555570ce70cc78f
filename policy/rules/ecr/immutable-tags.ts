import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** The image that was tested under a tag is the image that runs under it. */
export const immutableTags = resourceRule({
  name: 'ecr-immutable-tags',
  description: 'Tags in repositories cannot be moved.',
  level: 'mandatory',
  severity: 'medium',
  standards: { securityHub: ['ECR.2'], checkov: ['CKV_AWS_51'], wellArchitected: ['SEC06-BP06'] },
  remedy: 'Set imageTagMutability to IMMUTABLE.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-2',
  validate: [
    validateResourceOfType(aws.ecr.Repository, ({ imageTagMutability }, _args, report) => {
      if (imageTagMutability !== 'IMMUTABLE') report('a tag can be moved to another image');
    }),
  ],
});
