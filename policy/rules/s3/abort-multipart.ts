import * as aws from '@pulumi/aws';
import { remediateResourceOfType, validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

interface Config {
  readonly maximumDays: number;
}

interface Lifecycle {
  readonly status: string;
  readonly abortIncompleteMultipartUpload?: { readonly daysAfterInitiation?: number };
}

/** Parts of an aborted upload are not listed, but billed. */
export const abortMultipart = resourceRule({
  name: 's3-abort-multipart',
  description: 'A bucket with a lifecycle deletes the parts of incomplete uploads.',
  level: 'mandatory',
  severity: 'low',
  standards: { securityHub: ['S3.13'], checkov: ['CKV_AWS_300'], wellArchitected: ['SUS04-BP03'] },
  remedy: 'Set abortIncompleteMultipartUpload.daysAfterInitiation. The level remediate sets it for you.',
  url: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpu-abort-incomplete-mpu-lifecycle-config.html',
  config: {
    maximumDays: {
      type: 'integer',
      minimum: 1,
      description: 'Maximum age of parts in days.',
      default: 7,
    },
  },
  validate: [
    validateResourceOfType(aws.s3.BucketLifecycleConfiguration, ({ rules }, args, report) => {
      const { maximumDays } = args.getConfig<Config>();
      if (!(rules ?? []).some((rule) => drops(rule, maximumDays)))
        report(`no enabled rule aborts uploads after ${maximumDays} days`);
    }),
  ],
  remediate: remediateResourceOfType(aws.s3.BucketLifecycleConfiguration, (lifecycle, args) => {
    const { maximumDays } = args.getConfig<Config>();
    const rules = lifecycle.rules ?? [];
    if (rules.some((rule) => drops(rule, maximumDays))) return undefined;
    const added = {
      id: 'abort-broken-uploads',
      status: 'Enabled',
      filter: {},
      abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
    };
    return { ...lifecycle, rules: [...rules, added] };
  }),
});

function drops({ status, abortIncompleteMultipartUpload }: Lifecycle, maximumDays: number): boolean {
  const days = abortIncompleteMultipartUpload?.daysAfterInitiation;
  return status === 'Enabled' && days !== undefined && days <= maximumDays;
}
