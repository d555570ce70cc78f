import * as aws from '@pulumi/aws';
import { remediateResourceOfType, type ResourceValidationArgs, validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';
import { isProduction, PRODUCTION, type Production } from '../../stack/production';

interface Config extends Production {
  readonly minimumDays: number;
  readonly productionDays: number;
}

/** A log that is kept forever costs more every month; one that is kept for a few days is gone when it is needed. */
export const logRetention = resourceRule({
  name: 'ecs-log-retention',
  description: 'Log groups have a retention time, and it is long enough.',
  level: 'mandatory',
  severity: 'medium',
  standards: { checkov: ['CKV_AWS_66', 'CKV_AWS_338'], wellArchitected: ['SEC04-BP01'] },
  remedy: 'Set retentionInDays; in this package: task.logRetentionDays. The level remediate sets it for you.',
  url: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html',
  config: {
    minimumDays: { type: 'integer', minimum: 1, description: 'Minimum retention in days.', default: 30 },
    productionDays: {
      type: 'integer',
      minimum: 1,
      description: 'Minimum retention in production, in days.',
      default: 365,
    },
    ...PRODUCTION,
  },
  validate: [
    validateResourceOfType(aws.cloudwatch.LogGroup, ({ retentionInDays }, args, report) => {
      const least = leastDays(args);
      if (retentionInDays === undefined || retentionInDays === 0)
        report(`it keeps its events forever; set retentionInDays to at least ${least}`);
      else if (retentionInDays < least)
        report(`it keeps its events for ${retentionInDays} days; expected at least ${least}`);
    }),
  ],
  remediate: remediateResourceOfType(aws.cloudwatch.LogGroup, (group, args) =>
    (group.retentionInDays ?? 0) >= leastDays(args)
      ? undefined
      : { ...group, retentionInDays: leastDays(args) },
  ),
});

function leastDays(args: ResourceValidationArgs): number {
  const config = args.getConfig<Config>();
  return isProduction(args.urn, config) ? config.productionDays : config.minimumDays;
}
