import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** Finds known vulnerabilities before the image runs. */
export const scanOnPush = resourceRule({
  name: 'ecr-scan-on-push',
  description: 'Repositories scan an image when it is pushed.',
  level: 'mandatory',
  severity: 'medium',
  standards: { securityHub: ['ECR.1'], checkov: ['CKV_AWS_163'], wellArchitected: ['SEC06-BP01'] },
  remedy: 'Set imageScanningConfiguration.scanOnPush to true.',
  url: 'https://docs.aws.amazon.com/securityhub/latest/userguide/ecr-controls.html#ecr-1',
  validate: [
    validateResourceOfType(aws.ecr.Repository, ({ imageScanningConfiguration }, _args, report) => {
      if (imageScanningConfiguration?.scanOnPush !== true)
        report('images are not scanned when they are pushed');
    }),
  ],
});
