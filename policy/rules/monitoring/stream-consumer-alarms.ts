import * as aws from '@pulumi/aws';
import type { PolicyResource } from '@pulumi/policy';
import { matches } from '../../exceptions';
import { stackRule, texts } from '../../rule';
import { eachKnown } from '../../stack/known';
import { servicesOf, type StreamConsumer, streamConsumerOf } from '../../stack/stream-consumers';

interface Config {
  readonly lagMetrics: readonly string[];
  readonly heartbeatMetrics: readonly string[];
}

/** DynamoDB keeps stream records for a day: a consumer that is stalled for longer loses some. */
export const streamConsumerAlarms = stackRule({
  name: 'stream-consumer-alarms',
  description: 'Each service that follows streams has an alarm on its lag and one on its silence.',
  level: 'mandatory',
  severity: 'high',
  standards: { wellArchitected: ['REL11-BP01', 'OPS08-BP04'] },
  remedy:
    'Add an aws.cloudwatch.MetricAlarm on the lag, and one on the heartbeat with treatMissingData breaching; in this package: ' +
    'ReplicatorMonitoring.',
  url: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html',
  config: {
    lagMetrics: texts('Names of metrics for the lag.', ['*Lag*', '*IteratorAge*']),
    heartbeatMetrics: texts('Names of metrics that are written while the service runs.', ['*Heartbeat*']),
  },
  validate: ({ resources, getConfig }, report) => {
    const { lagMetrics, heartbeatMetrics } = getConfig<Config>();
    const consumers: StreamConsumer[] = [];
    eachKnown(servicesOf(resources), (service) => {
      const consumer = streamConsumerOf(service, resources);
      if (consumer !== undefined) consumers.push(consumer);
    });
    const alarms = resources.filter((one) => one.isType(aws.cloudwatch.MetricAlarm) && isOn(one));
    const lag = alarms.filter((alarm) => isOf(alarm, lagMetrics)).length;
    const silence = alarms.filter(
      (alarm) => isOf(alarm, heartbeatMetrics) && alarm.props['treatMissingData'] === 'breaching',
    ).length;
    for (const { service } of consumers.slice(lag))
      report(`service ${service.name} follows a stream, but no alarm watches its lag`, service.urn);
    // A service without a task is silent on purpose.
    const running = consumers.filter(({ service }) => service.props['desiredCount'] !== 0);
    for (const { service } of running.slice(silence))
      report(`service ${service.name} follows a stream, but no alarm fires when it is silent`, service.urn);
  },
});

function isOn({ props }: PolicyResource): boolean {
  return props['actionsEnabled'] !== false;
}

function isOf({ props }: PolicyResource, names: readonly string[]): boolean {
  return names.some((name) => matches(name, String(props['metricName'] ?? '')));
}
