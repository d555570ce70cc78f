import type { MonitoringSettings, ReplicatorMonitoringArgs } from '../arguments/monitoring';
import { formed } from './formats';
import { readableSetting } from './readable';
import { type Problems, problems, whole } from './rules';

export function monitoringProblems(
  settings: MonitoringSettings & Pick<ReplicatorMonitoringArgs, 'verifyEvery'>,
): Problems {
  const { alarmEmail, alarmTopicArn, topicKmsKeyArn, lagMinutes, hoursUntilLoss, heartbeatMinutes, budget } =
    settings;
  const isAddress = (text: string) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
  return problems(
    [
      alarmEmail !== undefined && alarmTopicArn !== undefined,
      'alarmEmail',
      'alarms go either to alarmEmail or to alarmTopicArn: remove one of the two',
    ],
    [
      alarmEmail !== undefined && !isAddress(alarmEmail),
      'alarmEmail',
      'expected an email address such as platform@example.com',
    ],
    [
      topicKmsKeyArn !== undefined && alarmEmail === undefined,
      'topicKmsKeyArn',
      'encrypts the topic that alarmEmail creates, but alarmEmail is not set',
    ],
    formed(alarmTopicArn, 'alarmTopicArn', 'topic'),
    formed(topicKmsKeyArn, 'topicKmsKeyArn', 'key'),
    [lagMinutes !== undefined && !(lagMinutes > 0), 'lagMinutes', 'expected more than 0'],
    [
      hoursUntilLoss !== undefined && !(hoursUntilLoss > 0 && hoursUntilLoss < 23),
      'hoursUntilLoss',
      'expected more than 0 and less than 23: DynamoDB keeps stream records for 24 hours',
    ],
    whole(
      heartbeatMinutes,
      'heartbeatMinutes',
      { least: 2 },
      'expected a whole number of minutes, at least 2: there is one heartbeat a minute',
    ),
    readableSetting('verifyEvery', settings.verifyEvery, 'verify.every'),
    [budget !== undefined && !(budget.monthlyUsd > 0), 'budget.monthlyUsd', 'expected more than 0'],
    [
      budget !== undefined && !isAddress(budget.email),
      'budget.email',
      'expected an email address such as platform@example.com',
    ],
  );
}
