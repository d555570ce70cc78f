import * as aws from '@pulumi/aws';
import { validateResourceOfType } from '@pulumi/policy';
import { resourceRule } from '../../rule';

/** An alarm whose actions were turned off for one night stays silent forever. */
export const alarmActionsEnabled = resourceRule({
  name: 'alarm-actions-enabled',
  description: 'Alarms have their actions enabled.',
  level: 'mandatory',
  severity: 'medium',
  standards: { checkov: ['CKV_AWS_319'], wellArchitected: ['OPS08-BP04'] },
  remedy: 'Remove actionsEnabled, or set it to true.',
  url: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-actions.html',
  validate: [
    validateResourceOfType(aws.cloudwatch.MetricAlarm, ({ actionsEnabled }, _args, report) => {
      if (actionsEnabled === false) report('its actions are off');
    }),
  ],
});
