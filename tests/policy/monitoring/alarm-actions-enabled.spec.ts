import * as aws from '@pulumi/aws';
import { alarmActionsEnabled } from '../../../policy/rules/monitoring/alarm-actions-enabled';
import { examine, given, UNKNOWN } from '../examine';

const alarm = (actionsEnabled?: unknown) => given(aws.cloudwatch.MetricAlarm, { actionsEnabled });

examine(alarmActionsEnabled, {
  violating: { off: { given: alarm(false), finds: ['its actions are off'] } },
  satisfying: { on: { given: alarm(true) }, 'not set, which means on': { given: alarm() } },
  unknown: { whether: { given: alarm(UNKNOWN) } },
});
