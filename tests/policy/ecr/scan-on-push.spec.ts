import * as aws from '@pulumi/aws';
import { scanOnPush } from '../../../policy/rules/ecr/scan-on-push';
import { examine, given, UNKNOWN } from '../examine';

const repository = (imageScanningConfiguration?: unknown) =>
  given(aws.ecr.Repository, { imageScanningConfiguration });

examine(scanOnPush, {
  violating: { 'not set': { given: repository(), finds: ['images are not scanned when they are pushed'] } },
  satisfying: { on: { given: repository({ scanOnPush: true }) } },
  unknown: { 'whether it is on': { given: repository({ scanOnPush: UNKNOWN }) } },
});
