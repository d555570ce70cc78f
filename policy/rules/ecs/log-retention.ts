import * as aws from '@pulumi/aws';
import { remediateResourceOfType, type ResourceValidationArgs, validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';
import { isProduction, PRODUCTION, type Production } from '../../stack/production';

interface Config extends Production {
  readonly minimumDays: number;
  readonly productionDays: number;
}

/** Kept for ever a log costs more every month; kept for a few days it is gone when it is asked for. */
export const logRetention = resourceRule({
  name: 'ecs-log-retention',
  description: 'Log groups keep their events for a time that is set, and long enough.',
  level: 'mandatory',
  severity: 'medium',
  standards: { checkov: ['CKV_AWS_66', 'CKV_AWS_338'], wellArchitected: ['SEC04-BP01'] },
  remedy: 'Set retentionInDays; of this package: task.logRetentionDays. With the level remediate it is done.',
  url: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html',
  config: {
    minimumDays: { type: 'integer', minimum: 1, description: 'Shortest time.', default: 30 },
    productionDays: {
      type: 'integer',
      minimum: 1,
      description: 'Shortest time in production.',
      default: 365,
    },
    ...PRODUCTION,
  },
  validate: [
    validateResourceOfType(aws.cloudwatch.LogGroup, ({ retentionInDays }, args, report) => {
      const least = leastDays(args);
      if (retentionInDays === undefined || retentionInDays === 0)
        report(`it keeps its events for ever; set retentionInDays, at least ${least}`);
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
